import { installSceneWorker } from './scenes/install-worker';

installSceneWorker(self);
