/**
 * # Making keys and certificates
 *
 * A server or a client is known by an RSA key, which it shows in a certificate that it signs
 * itself. Key and certificate travel together as PKCS#12 under the empty password. Tools and
 * clients make them; servers only use what they are given and never load this module.
 *
 * Follows CreateIronServiceCerts and Common/Native/IoFramework.cs of IronFleet, down to the
 * parameters that the .NET library under them chooses, because those open on every platform.
 */
import {
  constants,
  createCipheriv,
  createHash,
  createHmac,
  generateKeyPair,
  type KeyObject,
  randomBytes,
  sign,
} from 'node:crypto';
import { promisify } from 'node:util';
import forge from 'node-forge';
import {
  type Asn1,
  bits,
  explicit,
  fromBinary,
  fromDer,
  implicitOctets,
  integer,
  integerOfBytes,
  NULL,
  octets,
  oid,
  printable,
  sequence,
  set,
  time,
  toBinary,
  toDer,
} from './asn1.ts';
import { endPointOf, type PrivateIdentity } from './identity.ts';

/** A private identity that has no address yet. */
export type Credentials = Omit<PrivateIdentity, 'host' | 'port'>;

export interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

/** Makes the credentials of the server called `name`, valid for ten years. */
export const createServerCredentials = (
  name: string,
  now: Date,
  keyBits = 4096,
): Promise<Credentials> => createCredentials(name, now, 10, keyBits, PKCS12_ITERATIONS);

/** Makes the credentials of a client, valid for a year. Every run of a client needs fresh ones. */
export const createClientCredentials = (now: Date): Promise<Credentials> =>
  createCredentials('client', now, 1, 2048, 1);

async function createCredentials(
  name: string,
  now: Date,
  years: number,
  keyBits: number,
  iterations: number,
): Promise<Credentials> {
  const keys = await promisify(generateKeyPair)('rsa', { modulusLength: keyBits });
  return credentialsOf(name, keys, now, years, iterations);
}

/**
 * Makes credentials of a key, valid for some years. Many iterations make it slow to try passwords
 * out. Ours is empty, so files have as many as those of .NET, and what is never stored has one.
 */
export function credentialsOf(
  name: string,
  keys: KeyPair,
  now: Date,
  years: number,
  iterations: number,
): Credentials {
  const notAfter = new Date(now);
  notAfter.setUTCFullYear(now.getUTCFullYear() + years);
  const publicKey = new Uint8Array(keys.publicKey.export({ type: 'pkcs1', format: 'der' }));
  return {
    friendlyName: name,
    pkcs12: pack(keys.privateKey, selfSign(name, keys, now, notAfter), iterations),
    publicKey,
    endPoint: endPointOf(publicKey),
  };
}

/**
 * DER of the X.509 certificate in which a key vouches for itself under a name, which must consist
 * of ASN.1's printable characters. It has no extensions. The key is a plain RSA key although the
 * signature is a PSS one.
 */
export function selfSign(name: string, keys: KeyPair, notBefore: Date, notAfter: Date): Uint8Array {
  const subject = sequence(set(sequence(oid(OID.commonName), printable(name))));
  const toBeSigned = sequence(
    explicit(0, integer(2)), // version 3, counted from 0
    integerOfBytes(serialNumber()),
    pssWithSha256,
    subject, // as the issuer
    sequence(time(notBefore), time(notAfter)),
    subject,
    fromDer(keys.publicKey.export({ type: 'spki', format: 'der' })),
  );
  const signature = sign('sha256', toDer(toBeSigned), {
    key: keys.privateKey,
    padding: constants.RSA_PKCS1_PSS_PADDING,
    saltLength: SIGNATURE_SALT_BYTES,
  });
  return toDer(sequence(toBeSigned, pssWithSha256, bits(signature)));
}

/** DER of a PKCS#12 file with a key and its certificate, encrypted under the empty password. */
export function pack(
  privateKey: KeyObject,
  certificate: Uint8Array,
  iterations = PKCS12_ITERATIONS,
): Uint8Array {
  const keyId = octets(createHash('sha1').update(certificate).digest());
  const attributes = set(sequence(oid(OID.localKeyId), set(keyId)));
  const key = encrypt(privateKey.export({ type: 'pkcs8', format: 'der' }), iterations);
  const keyBag = sequence(
    oid(OID.shroudedKeyBag),
    explicit(0, sequence(key.algorithm, octets(key.encrypted))),
    attributes,
  );
  const certificateBag = sequence(
    oid(OID.certificateBag),
    explicit(0, sequence(oid(OID.x509Certificate), explicit(0, octets(certificate)))),
    attributes,
  );
  const contents = toDer(
    sequence(
      data(toDer(sequence(keyBag))),
      encryptedData(encrypt(toDer(sequence(certificateBag)), iterations)),
    ),
  );
  return toDer(sequence(integer(3), data(contents), authentication(contents, iterations)));
}

const SIGNATURE_SALT_BYTES = 32;

const PKCS12_ITERATIONS = 2000;
const PKCS12_SALT_BYTES = 8;

interface Encrypted {
  readonly algorithm: Asn1;
  readonly encrypted: Uint8Array;
}

/** Triple DES with a key derived from the password by SHA-1: old, but it protects nothing here. */
function encrypt(plain: Uint8Array, iterations: number): Encrypted {
  const salt = randomBytes(PKCS12_SALT_BYTES);
  const [key, iv] = [
    derive(DERIVE_KEY, salt, 24, iterations),
    derive(DERIVE_IV, salt, 8, iterations),
  ];
  const cipher = createCipheriv('des-ede3-cbc', key, iv);
  return {
    algorithm: sequence(
      oid(OID.pbeWithSha1And3KeyTripleDes),
      sequence(octets(salt), integer(iterations)),
    ),
    encrypted: Buffer.concat([cipher.update(plain), cipher.final()]),
  };
}

/** The code by which a reader recognizes that the password is right and the contents are whole. */
function authentication(contents: Uint8Array, iterations: number): Asn1 {
  const salt = randomBytes(PKCS12_SALT_BYTES);
  const code = createHmac('sha1', derive(DERIVE_MAC_KEY, salt, 20, iterations))
    .update(contents)
    .digest();
  return sequence(
    sequence(sequence(oid(OID.sha1), NULL), octets(code)),
    octets(salt),
    integer(iterations),
  );
}

/** PKCS#12 numbers the purposes for which it derives bytes from a password. */
const DERIVE_KEY = 1;
const DERIVE_IV = 2;
const DERIVE_MAC_KEY = 3;

function derive(purpose: number, salt: Uint8Array, length: number, iterations: number): Uint8Array {
  const saltBuffer = forge.util.createBuffer(toBinary(salt));
  const derived = forge.pkcs12.generateKey('', saltBuffer, purpose, iterations, length);
  return fromBinary(derived.getBytes());
}

const data = (content: Uint8Array): Asn1 => sequence(oid(OID.data), explicit(0, octets(content)));

const encryptedData = ({ algorithm, encrypted }: Encrypted): Asn1 =>
  sequence(
    oid(OID.encryptedData),
    explicit(
      0,
      sequence(integer(0), sequence(oid(OID.data), algorithm, implicitOctets(0, encrypted))),
    ),
  );

/** Eight random bytes, as a positive integer that needs all of them. */
function serialNumber(): Uint8Array {
  const serial = randomBytes(8);
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  return serial;
}

const OID = {
  commonName: '2.5.4.3',
  sha1: '1.3.14.3.2.26',
  sha256: '2.16.840.1.101.3.4.2.1',
  maskGeneration1: '1.2.840.113549.1.1.8',
  rsassaPss: '1.2.840.113549.1.1.10',
  data: '1.2.840.113549.1.7.1',
  encryptedData: '1.2.840.113549.1.7.6',
  localKeyId: '1.2.840.113549.1.9.21',
  x509Certificate: '1.2.840.113549.1.9.22.1',
  pbeWithSha1And3KeyTripleDes: '1.2.840.113549.1.12.1.3',
  shroudedKeyBag: '1.2.840.113549.1.12.10.1.2',
  certificateBag: '1.2.840.113549.1.12.10.1.3',
} as const;

const sha256 = sequence(oid(OID.sha256), NULL);

const pssWithSha256 = sequence(
  oid(OID.rsassaPss),
  sequence(
    explicit(0, sha256),
    explicit(1, sequence(oid(OID.maskGeneration1), sha256)),
    explicit(2, integer(SIGNATURE_SALT_BYTES)),
  ),
);
