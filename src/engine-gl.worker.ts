import { installEngineGlWorker } from './engine/hosts/install-gl-worker';

installEngineGlWorker(self);
