/** The engine's worker, whose GPU contexts take orders. */
import '../../src/engine.worker';
import { installGlFaults, orderGl, type GlOrder } from './gl-faults';

installGlFaults(OffscreenCanvas.prototype);
new BroadcastChannel('vbc-gl-faults').onmessage = ({ data }: MessageEvent<GlOrder>) => orderGl(data);
