import { AsnConvert, OctetString } from "@peculiar/asn1-schema";
import {
  AlgorithmIdentifier,
  AttributeTypeAndValue,
  AttributeValue,
  BasicConstraints,
  Certificate,
  Extension,
  Extensions,
  GeneralName,
  id_ce_basicConstraints,
  id_ce_keyUsage,
  id_ce_subjectAltName,
  KeyUsage,
  KeyUsageFlags,
  Name,
  RelativeDistinguishedName,
  SubjectAlternativeName,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Validity,
  Version,
} from "@peculiar/asn1-x509";
import type { Bytes } from "../bytes";

const P256 = { name: "ECDSA", namedCurve: "P-256" } as const;

export interface Issued {
  readonly der: Bytes;
  readonly keys: CryptoKeyPair;
  readonly name: string;
}

export interface Wanted {
  readonly name: string;
  readonly uri?: string;
  /** Path length of a CA; absent for a device. */
  readonly ca?: number;
}

/** A certificate of the profile of `session.md`, valid for a day around now; self-signed without `issuer`. */
export async function issue(wanted: Wanted, issuer?: Issued): Promise<Issued> {
  const keys = await crypto.subtle.generateKey(P256, true, ["sign", "verify"]);
  const day = 86_400_000;
  const tbs = new TBSCertificate({
    version: Version.v3,
    serialNumber: Uint8Array.of(1).buffer,
    signature: ecdsaWithSha256(),
    issuer: commonName(issuer?.name ?? wanted.name),
    subject: commonName(wanted.name),
    validity: new Validity({ notBefore: new Date(Date.now() - day), notAfter: new Date(Date.now() + day) }),
    subjectPublicKeyInfo: AsnConvert.parse(await crypto.subtle.exportKey("spki", keys.publicKey), SubjectPublicKeyInfo),
    extensions: new Extensions(extensions(wanted)),
  });
  const signed = AsnConvert.serialize(tbs);
  const signature = await crypto.subtle.sign(
    { name: "ECDSA", hash: "SHA-256" },
    (issuer?.keys ?? keys).privateKey,
    signed,
  );
  const certificate = new Certificate({
    tbsCertificate: tbs,
    signatureAlgorithm: ecdsaWithSha256(),
    signatureValue: derSignature(new Uint8Array(signature)).buffer,
  });
  return { der: new Uint8Array(AsnConvert.serialize(certificate)), keys, name: wanted.name };
}

function ecdsaWithSha256(): AlgorithmIdentifier {
  return new AlgorithmIdentifier({ algorithm: "1.2.840.10045.4.3.2" });
}

function commonName(text: string): Name {
  const value = new AttributeValue({ utf8String: text });
  return new Name([new RelativeDistinguishedName([new AttributeTypeAndValue({ type: "2.5.4.3", value })])]);
}

function extensions({ uri, ca }: Wanted): Extension[] {
  const all = [
    extension(
      id_ce_keyUsage,
      true,
      new KeyUsage(ca === undefined ? KeyUsageFlags.digitalSignature : KeyUsageFlags.keyCertSign),
    ),
  ];
  if (ca !== undefined)
    all.push(extension(id_ce_basicConstraints, true, new BasicConstraints({ cA: true, pathLenConstraint: ca })));
  if (uri !== undefined)
    all.push(
      extension(
        id_ce_subjectAltName,
        false,
        new SubjectAlternativeName([new GeneralName({ uniformResourceIdentifier: uri })]),
      ),
    );
  return all;
}

function extension(extnID: string, critical: boolean, value: object): Extension {
  return new Extension({ extnID, critical, extnValue: new OctetString(AsnConvert.serialize(value)) });
}

/** `r ‖ s` as `SEQUENCE { r INTEGER, s INTEGER }`. */
function derSignature(fixed: Bytes): Bytes {
  const integer = (part: Bytes): number[] => {
    const digits = [...part.subarray(part.findIndex((byte) => byte !== 0))];
    if ((digits[0] ?? 0) >= 0x80) digits.unshift(0);
    return [0x02, digits.length, ...digits];
  };
  const body = [...integer(fixed.subarray(0, 32)), ...integer(fixed.subarray(32))];
  return Uint8Array.from([0x30, body.length, ...body]);
}
