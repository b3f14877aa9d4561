import { installSegmentationWorker } from './segmentation/install-worker';

installSegmentationWorker(self);
