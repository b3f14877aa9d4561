import { installEngineWorker } from './pipeline/hosts/install-worker';

installEngineWorker(self);
