import { installTickerWorker } from './capture/install-ticker';

installTickerWorker(self);
