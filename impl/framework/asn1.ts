/**
 * # ASN.1
 *
 * The few constructors that certificates and key files are built from. The encoding itself is
 * node-forge's, which keeps bytes in strings; here they are bytes again.
 */
import forge from 'node-forge';

export type Asn1 = forge.asn1.Asn1;

const { Class, Type, create } = forge.asn1;

export const toDer = (value: Asn1): Uint8Array => fromBinary(forge.asn1.toDer(value).getBytes());

export const fromDer = (der: Uint8Array): Asn1 => forge.asn1.fromDer(toBinary(der));

export const sequence = (...items: readonly Asn1[]): Asn1 =>
  create(Class.UNIVERSAL, Type.SEQUENCE, true, [...items]);

export const set = (...items: readonly Asn1[]): Asn1 =>
  create(Class.UNIVERSAL, Type.SET, true, [...items]);

/** `[tag] EXPLICIT`. */
export const explicit = (tag: number, value: Asn1): Asn1 =>
  create(Class.CONTEXT_SPECIFIC, tag, true, [value]);

/** `[tag] IMPLICIT OCTET STRING`. */
export const implicitOctets = (tag: number, bytes: Uint8Array): Asn1 =>
  create(Class.CONTEXT_SPECIFIC, tag, false, toBinary(bytes));

export const oid = (dotted: string): Asn1 =>
  primitive(Type.OID, forge.asn1.oidToDer(dotted).getBytes());

export const integer = (value: number): Asn1 =>
  primitive(Type.INTEGER, forge.asn1.integerToDer(value).getBytes());

/** An integer by its bytes, which must be the shortest two's complement. */
export const integerOfBytes = (bytes: Uint8Array): Asn1 => primitive(Type.INTEGER, toBinary(bytes));

export const octets = (bytes: Uint8Array): Asn1 => primitive(Type.OCTETSTRING, toBinary(bytes));

/** A bit string of whole bytes. */
export const bits = (bytes: Uint8Array): Asn1 => primitive(Type.BITSTRING, `\0${toBinary(bytes)}`);

export const printable = (text: string): Asn1 => primitive(Type.PRINTABLESTRING, text);

/** The kind of time that X.509 wants for the date. */
export const time = (date: Date): Asn1 =>
  date.getUTCFullYear() < 2050
    ? primitive(Type.UTCTIME, forge.asn1.dateToUtcTime(date))
    : primitive(Type.GENERALIZEDTIME, forge.asn1.dateToGeneralizedTime(date));

export const NULL: Asn1 = create(Class.UNIVERSAL, Type.NULL, false, '');

export const toBinary = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

export const fromBinary = (binary: string): Uint8Array =>
  new Uint8Array(Buffer.from(binary, 'latin1'));

function primitive(type: forge.asn1.Type, content: string): Asn1 {
  return create(Class.UNIVERSAL, type, false, content);
}
