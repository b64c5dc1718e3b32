/**
 * # Many identities for one program
 *
 * Every client needs a key that nobody had before, and a fresh RSA key takes a processor about
 * 0.15 s: two hundred clients would wait for half a minute. So here the first key is fresh, and the
 * others have its modulus and another public exponent each, which takes a few milliseconds. They
 * are different keys with different end points. But whoever knows one of the private keys could
 * find out all: that is of no consequence in a program that has them all, and only there.
 */
import { createPrivateKey, createPublicKey, generateKeyPair, type JsonWebKey } from 'node:crypto';
import { promisify } from 'node:util';
import { type Credentials, credentialsOf } from '../../impl/framework/certificate.ts';
import type { ServiceIdentity } from '../../impl/framework/identity.ts';
import { transientIdentity } from '../../impl/framework/transientIdentity.ts';

const KEY_BITS = 2048;

export class Identities {
  readonly #service: Pick<ServiceIdentity, 'useSsl'>;
  #family: Promise<KeyFamily> | undefined;

  constructor(service: Pick<ServiceIdentity, 'useSsl'>) {
    this.#service = service;
  }

  /** Credentials that no client has had before. */
  async next(): Promise<Credentials> {
    if (!this.#service.useSsl) return transientIdentity(this.#service);
    this.#family ??= KeyFamily.create();
    const privateKey = (await this.#family).next();
    const keys = { privateKey, publicKey: createPublicKey(privateKey) };
    return credentialsOf('client', keys, new Date(), 1, 1);
  }
}

/** RSA keys with one modulus. */
class KeyFamily {
  readonly #key: JsonWebKey;
  readonly #p: bigint;
  readonly #q: bigint;
  /** The public exponent of the next key, if it will do. */
  #exponent = 65_537n;

  private constructor(key: JsonWebKey) {
    this.#key = key;
    this.#p = toNumber(key.p);
    this.#q = toNumber(key.q);
  }

  static async create(): Promise<KeyFamily> {
    const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: KEY_BITS });
    return new KeyFamily(privateKey.export({ format: 'jwk' }));
  }

  next() {
    const [p, q] = [this.#p, this.#q];
    for (;;) {
      const e = this.#exponent;
      this.#exponent += 2n;
      const d = inverse(e, (p - 1n) * (q - 1n));
      if (d === undefined) continue;
      const key = {
        ...this.#key,
        e: toText(e),
        d: toText(d),
        dp: toText(d % (p - 1n)),
        dq: toText(d % (q - 1n)),
      };
      return createPrivateKey({ key, format: 'jwk' });
    }
  }
}

/** The number whose product with `a` is 1 modulo `m`; nothing if they have a common divisor. */
function inverse(a: bigint, m: bigint): bigint | undefined {
  let [r, s] = [m, a % m];
  let [x, y] = [0n, 1n];
  while (s > 0n) {
    const quotient = r / s;
    [r, s] = [s, r - quotient * s];
    [x, y] = [y, x - quotient * y];
  }
  return r === 1n ? ((x % m) + m) % m : undefined;
}

const toNumber = (text: string | undefined): bigint =>
  BigInt(`0x${Buffer.from(text ?? '', 'base64url').toString('hex')}`);

function toText(number: bigint): string {
  const hex = number.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex').toString('base64url');
}
