/** Subject alternative names, parsed from the certificate, since the text forms of libraries differ and can be ambiguous. */

const SEQUENCE = 0x30;
const OCTETS = 0x04;
const OID = 0x06;
const EXTENSIONS = 0xa3;
/** 2.5.29.17 (RFC 5280, section 4.2.1.6). */
const SUBJECT_ALT_NAME = "551d11";
const EMAIL = 0x81;
const DNS = 0x82;
const URI = 0x86;
const IP = 0x87;

type Element = { readonly tag: number; readonly content: Uint8Array };

/**
 * DNS names, e-mail addresses, URIs and IP addresses (IPv6 as RFC 5952 writes it) of a certificate in DER.
 * Empty if there are none or the certificate is malformed.
 */
export function subjectAltNames(certificate: Uint8Array): readonly string[] {
  const body = elements(elements(certificate)[0]?.content)[0];
  const wrapper = elements(body?.content).find((element) => element.tag === EXTENSIONS);
  const extensions = elements(elements(wrapper?.content)[0]?.content).map((extension) => elements(extension.content));
  const found = extensions.find(([id]) => id?.tag === OID && hex(id.content) === SUBJECT_ALT_NAME);
  const value = found?.find((element) => element.tag === OCTETS);
  const [names] = elements(value?.content);
  return names?.tag === SEQUENCE ? elements(names.content).flatMap(nameOf) : [];
}

function nameOf({ tag, content }: Element): string[] {
  if (tag === EMAIL || tag === DNS || tag === URI) return [Buffer.from(content).toString("latin1")];
  if (tag === IP && content.length === 4) return [content.join(".")];
  if (tag === IP && content.length === 16) return [ipv6(content)];
  return [];
}

function ipv6(bytes: Uint8Array): string {
  const groups = hex(bytes).match(/.{4}/g) ?? [];
  // The URL parser formats IPv6 addresses as RFC 5952 requires.
  return new URL(`http://[${groups.join(":")}]/`).hostname.slice(1, -1);
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

/** The elements of a DER content, one level deep. Empty if one of them is malformed. */
function elements(content: Uint8Array | undefined): Element[] {
  const found: Element[] = [];
  let rest = content ?? new Uint8Array();
  while (rest.length > 0) {
    const [tag = 0, first = 0] = rest;
    const sizeBytes = first < 0x80 ? 0 : first & 0x7f;
    const size = sizeBytes === 0 ? first : Number.parseInt(hex(rest.subarray(2, 2 + sizeBytes)), 16);
    const start = 2 + sizeBytes;
    if (rest.length < 2 || sizeBytes > 4 || !(start + size <= rest.length)) return [];
    found.push({ tag, content: rest.subarray(start, start + size) });
    rest = rest.subarray(start + size);
  }
  return found;
}
