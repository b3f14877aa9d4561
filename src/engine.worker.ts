import { installEngineWorker } from './engine/hosts/install-worker';

installEngineWorker(self);
