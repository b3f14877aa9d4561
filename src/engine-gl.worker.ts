import { installEngineGlWorker } from './pipeline/hosts/install-gl-worker';

installEngineGlWorker(self);
