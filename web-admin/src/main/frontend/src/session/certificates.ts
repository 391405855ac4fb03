/**
 * Verification of a device certificate (`session.md`, Trust): device ← domain CA ← installation CA of the key set. The path is fixed, so it is checked step by
 * step instead of being searched for. The profile is narrow: ECDSA P-256 with SHA-256, and no critical extension but basic constraints and key usage.
 */
import { AsnConvert } from "@peculiar/asn1-schema";
import {
  BasicConstraints,
  Certificate,
  id_ce_basicConstraints,
  id_ce_keyUsage,
  id_ce_subjectAltName,
  KeyUsage,
  KeyUsageFlags,
  SubjectAlternativeName,
  type Time,
} from "@peculiar/asn1-x509";
import { type Bytes, concat, equalBytes, Reader } from "./bytes";
import { importP256, verifyP256 } from "./crypto";
import { SessionError } from "./errors";
import type { DeviceIdentityPublicKey } from "./keys";

const ECDSA_WITH_SHA256 = "1.2.840.10045.4.3.2";
const MAX_CERTIFICATE = 4096;

/** What the checks need of a certificate. */
interface Parsed {
  /** The signed bytes as they came. */
  readonly tbs: Bytes;
  /** `r ‖ s`. */
  readonly signature: Bytes;
  readonly issuer: Bytes;
  readonly subject: Bytes;
  readonly notBefore: number;
  readonly notAfter: number;
  readonly spki: Bytes;
  readonly ca: boolean;
  readonly pathLength: number | undefined;
  readonly usage: number;
  /** The URIs of the SAN; undefined if there is no SAN or it holds anything else. */
  readonly uris: readonly string[] | undefined;
}

export interface ExpectedDevice {
  readonly domain: string;
  readonly uid: string;
}

/**
 * Checks signatures, validity at `now` (milliseconds since 1970), CA flags, path lengths, key usage and names.
 *
 * @param chain DER: device, domain CA
 * @param authorities DER: installation CAs of the verified key set
 * @returns the identity key of the device
 * @throws SessionError `certificate-invalid`, `certificate-expired`
 */
export async function verifyChain(
  chain: readonly Bytes[],
  authorities: readonly Bytes[],
  expected: ExpectedDevice,
  now: number,
): Promise<DeviceIdentityPublicKey> {
  const [device, domainCa, ...more] = chain.map(parse);
  if (device === undefined || domainCa === undefined || more.length > 0) throw invalid("a chain has two certificates");
  const installationCa = await issuerOf(domainCa, authorities.map(parse));
  await requireSignedBy(installationCa, installationCa);
  await requireSignedBy(device, domainCa);
  requireCa(installationCa, 1);
  requireCa(domainCa, 0);
  for (const certificate of [installationCa, domainCa, device]) requireValid(certificate, now);
  requireUri(domainCa, `urn:bascule:domain:${expected.domain}`);
  requireUri(device, `urn:bascule:device:${expected.domain}:${expected.uid}`);
  if (device.ca || (device.usage & KeyUsageFlags.digitalSignature) === 0)
    throw invalid("not a certificate of a device");
  return { spki: device.spki, key: await importP256(device.spki) };
}

function invalid(detail: string, cause?: unknown): SessionError {
  return new SessionError("certificate-invalid", detail, { cause });
}

function parse(der: Bytes): Parsed {
  try {
    return parseStrictly(der);
  } catch (cause) {
    throw cause instanceof SessionError ? cause : invalid("not an X.509 certificate of the profile", cause);
  }
}

function parseStrictly(der: Bytes): Parsed {
  if (der.length > MAX_CERTIFICATE || der.length !== derLength(der)) throw invalid("length");
  const certificate = AsnConvert.parse(der, Certificate);
  const tbs = certificate.tbsCertificate;
  for (const { algorithm } of [certificate.signatureAlgorithm, tbs.signature])
    if (algorithm !== ECDSA_WITH_SHA256) throw invalid("signature algorithm");
  if (certificate.tbsCertificateRaw === undefined) throw invalid("no signed part");
  // the signature is a whole number of octets: the count of unused bits before it is 0
  if (der[der.length - certificate.signatureValue.byteLength - 1] !== 0) throw invalid("signature");
  let constraints: BasicConstraints | undefined;
  let usage = 0;
  let uris: readonly string[] | undefined;
  const seen = new Set<string>();
  for (const extension of tbs.extensions ?? []) {
    if (seen.has(extension.extnID)) throw invalid("a repeated extension");
    seen.add(extension.extnID);
    const value = extension.extnValue.buffer;
    if (extension.extnID === id_ce_basicConstraints) constraints = AsnConvert.parse(value, BasicConstraints);
    else if (extension.extnID === id_ce_keyUsage) usage = AsnConvert.parse(value, KeyUsage).toNumber();
    else if (extension.extnID === id_ce_subjectAltName) uris = urisOf(AsnConvert.parse(value, SubjectAlternativeName));
    else if (extension.critical) throw invalid(`unknown critical extension ${extension.extnID}`);
  }
  return {
    tbs: new Uint8Array(certificate.tbsCertificateRaw),
    signature: fixedLength(new Uint8Array(certificate.signatureValue)),
    issuer: new Uint8Array(AsnConvert.serialize(tbs.issuer)),
    subject: new Uint8Array(AsnConvert.serialize(tbs.subject)),
    notBefore: millis(tbs.validity.notBefore),
    notAfter: millis(tbs.validity.notAfter),
    spki: new Uint8Array(AsnConvert.serialize(tbs.subjectPublicKeyInfo)),
    ca: constraints?.cA === true,
    pathLength: constraints?.pathLenConstraint,
    usage,
    uris,
  };
}

/** The length that the outermost SEQUENCE says; 0 if it is not one. */
function derLength(der: Bytes): number {
  if (der[0] !== 0x30 || der[1] === undefined) return 0;
  if (der[1] < 0x80) return 2 + der[1];
  if (der[1] === 0x81) return 3 + (der[2] ?? 0);
  return der[1] === 0x82 ? 4 + (der[2] ?? 0) * 256 + (der[3] ?? 0) : 0;
}

function urisOf(names: SubjectAlternativeName): readonly string[] | undefined {
  const uris = names.map((name) => name.uniformResourceIdentifier);
  return uris.every((uri) => uri !== undefined) ? uris : undefined;
}

function millis(time: Time): number {
  return time.getTime().getTime();
}

/** `SEQUENCE { r INTEGER, s INTEGER }` in DER, and nothing else, as `r ‖ s`. */
function fixedLength(der: Bytes): Bytes {
  const reader = new Reader(der);
  if (reader.u8() !== 0x30 || reader.u8() !== der.length - 2) throw invalid("signature");
  const signature = concat(unsigned32(reader), unsigned32(reader));
  reader.end();
  return signature;
}

/** A positive INTEGER of at most 256 bits, in its shortest form. */
function unsigned32(reader: Reader): Bytes {
  if (reader.u8() !== 0x02) throw invalid("signature");
  const bytes = reader.take(reader.u8());
  const [first = 0x80, second = 0x80] = bytes;
  if (first >= 0x80 || (first === 0 && second < 0x80)) throw invalid("signature");
  const significant = first === 0 ? bytes.subarray(1) : bytes;
  if (significant.length > 32) throw invalid("signature");
  return concat(new Uint8Array(32 - significant.length), significant);
}

async function issuerOf(certificate: Parsed, candidates: readonly Parsed[]): Promise<Parsed> {
  for (const candidate of candidates) if (await isSignedBy(certificate, candidate)) return candidate;
  throw invalid("the domain CA is not of this installation");
}

async function isSignedBy(certificate: Parsed, issuer: Parsed): Promise<boolean> {
  if (!equalBytes(certificate.issuer, issuer.subject)) return false;
  return verifyP256(await importP256(issuer.spki).catch(refuseKey), certificate.signature, certificate.tbs);
}

function refuseKey(cause: unknown): never {
  throw invalid("not a P-256 key", cause);
}

async function requireSignedBy(certificate: Parsed, issuer: Parsed): Promise<void> {
  if (!(await isSignedBy(certificate, issuer))) throw invalid("a signature of the chain does not fit");
}

function requireCa(certificate: Parsed, pathLength: number): void {
  if (!certificate.ca || certificate.pathLength !== pathLength || (certificate.usage & KeyUsageFlags.keyCertSign) === 0)
    throw invalid("not a CA of the profile");
}

function requireValid(certificate: Parsed, now: number): void {
  if (now < certificate.notBefore || now > certificate.notAfter)
    throw new SessionError("certificate-expired", "a certificate of the chain is not valid now");
}

function requireUri(certificate: Parsed, uri: string): void {
  if (certificate.uris?.length !== 1 || certificate.uris[0] !== uri)
    throw invalid("names something else than expected");
}
