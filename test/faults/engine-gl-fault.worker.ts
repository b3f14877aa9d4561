/** The engine's worker with TensorFlow.js in it, whose GPU contexts take orders. */
import '../../src/engine-gl.worker';
import { installGlFaults, orderGl, type GlOrder } from './gl-faults';

installGlFaults(OffscreenCanvas.prototype);
new BroadcastChannel('vbc-gl-faults').onmessage = ({ data }: MessageEvent<GlOrder>) => orderGl(data);
