import { expect } from 'chai';
import { inputSizesFor, stridedGeometry, type NetworkInput } from '../../src/segmentation/network-input';

const SELFIE: NetworkInput = { kind: 'fixed', sizes: [{ width: 256, height: 144 }, { width: 256, height: 256 }] };
const FRAMES = [
  { width: 640, height: 360 },
  { width: 1280, height: 720 },
  { width: 640, height: 480 },
  { width: 360, height: 640 },
  { width: 500, height: 500 },
  { width: 1920, height: 800 },
];

describe('<virtual-background-camera> network input', () => {
  for (const [stride, longSide] of [[16, 257], [16, 369], [8, 321]] as const) {
    it(`should be whole strides of ${stride} plus one, ${longSide} long, in the frame's shape`, () => {
      for (const frame of FRAMES) {
        const { width, height } = inputSizesFor({ kind: 'strided', longSide, stride }, frame).whole;
        const name = `${frame.width}×${frame.height} → ${width}×${height}`;
        expect((width - 1) % stride, name).to.equal(0);
        expect((height - 1) % stride, name).to.equal(0);
        expect(Math.max(width, height), name).to.equal(longSide);
        // Half a stride is the most that rounding takes.
        const [long, short] = frame.width > frame.height ? [frame.width, frame.height] : [frame.height, frame.width];
        expect(Math.abs(Math.min(width, height) - (longSide * short) / long), name).to.be.at.most(stride / 2 + 1);
      }
    });
  }

  it('should never be less than one stride', () => {
    expect(inputSizesFor({ kind: 'strided', longSide: 257, stride: 16 }, { width: 4000, height: 10 }).whole).to.deep.equal({ width: 257, height: 17 });
  });

  for (const stride of [8, 16]) {
    it(`should give parts of the frame as many pixels as the whole, of its shape, of 4:3 and of a square: stride ${stride}`, () => {
      for (const frame of FRAMES) {
        for (const inputScale of [1, 0.65]) {
          const { whole, crops, paysBeside } = inputSizesFor({ kind: 'strided', longSide: 321, stride }, frame, inputScale);
          const name = `${frame.width}×${frame.height} at ${inputScale}`;
          expect(paysBeside, `${name}, a part of a person`).to.equal(false);
          expect(crops, name).to.deep.include(whole);
          const shapes = crops.map(({ width, height }) => width / height);
          for (const shape of [4 / 3, 1]) expect(Math.min(...shapes.map((each) => Math.abs(Math.log(each / shape)))), `${name}, ${shape}`).to.be.below(0.12);
          for (const { width, height } of crops) {
            expect([(width - 1) % stride, (height - 1) % stride], name).to.deep.equal([0, 0]);
            // Rounding to whole strides moves either side by half a stride at most.
            expect((width * height) / (whole.width * whole.height), `${name}, ${width}×${height}`).to.be.within(0.85, 1.18);
          }
        }
      }
    });
  }

  it('should shrink with the input scale', () => {
    const input: NetworkInput = { kind: 'strided', longSide: 369, stride: 16 };
    expect(inputSizesFor(input, { width: 640, height: 360 }, 0.65).whole).to.deep.equal({ width: 241, height: 129 });
    expect(inputSizesFor(SELFIE, { width: 640, height: 360 }, 0.65).whole, 'fixed sizes do not').to.deep.equal({ width: 256, height: 144 });
  });

  it('should know crops of a network of fixed sizes only where it names one', () => {
    expect(inputSizesFor(SELFIE, { width: 640, height: 360 }).crops).to.deep.equal([]);
    const crop = { width: 256, height: 256 };
    expect(inputSizesFor({ ...SELFIE, crop }, { width: 640, height: 360 })).to.deep.include({ crops: [crop], paysBeside: true });
  });

  it('should be the closest shape that a network of fixed sizes has', () => {
    expect(inputSizesFor(SELFIE, { width: 640, height: 360 }).whole).to.deep.equal({ width: 256, height: 144 });
    expect(inputSizesFor(SELFIE, { width: 600, height: 480 }).whole).to.deep.equal({ width: 256, height: 256 });
    expect(inputSizesFor(SELFIE, { width: 360, height: 640 }).whole).to.deep.equal({ width: 256, height: 256 });
    expect(inputSizesFor(SELFIE, { width: 2000, height: 500 }).whole).to.deep.equal({ width: 256, height: 144 });
  });

  it('should put the centre of cell i at the centre of input pixel i * stride', () => {
    for (const stride of [8, 16]) {
      const input = { width: 257, height: 145 };
      const cells = { width: 256 / stride + 1, height: 144 / stride + 1 };
      const geometry = stridedGeometry(input, cells, stride);
      for (const cell of [0, 1, 5, cells.height - 1]) {
        expect(((cell * stride + 0.5) / input.width) * geometry.scaleX + geometry.offsetX).to.be.closeTo((cell + 0.5) / cells.width, 1e-9);
        expect(((cell * stride + 0.5) / input.height) * geometry.scaleY + geometry.offsetY).to.be.closeTo((cell + 0.5) / cells.height, 1e-9);
      }
    }
  });
});
