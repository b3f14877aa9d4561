import { expect } from 'chai';
import { VirtualBackgroundError, type VirtualBackgroundErrorCode } from '../../src/errors';
import { rejectionOf } from './wait';

/** Asserts that a promise fails with a typed error of this code whose message matches. */
export async function expectRejection(promise: Promise<unknown>, code: VirtualBackgroundErrorCode, message: RegExp): Promise<VirtualBackgroundError> {
  return expectTyped(await rejectionOf(promise), code, message);
}

/** Asserts that a call throws a typed error of this code whose message matches. */
export function expectThrow(call: () => unknown, code: VirtualBackgroundErrorCode, message: RegExp): VirtualBackgroundError {
  try {
    call();
  } catch (error) {
    return expectTyped(error, code, message);
  }
  throw new Error(`Expected a throw of '${code}'`);
}

export function expectTyped(error: unknown, code: VirtualBackgroundErrorCode, message: RegExp): VirtualBackgroundError {
  expect(error).to.be.instanceOf(VirtualBackgroundError);
  const typed = error as VirtualBackgroundError;
  expect(typed.code, typed.message).to.equal(code);
  expect(typed.message).to.match(message);
  return typed;
}
