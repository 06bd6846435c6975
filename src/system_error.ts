/** Descriptions of system errors, for messages about files, programs and connections. */

const REASONS: Readonly<Record<string, string>> = {
  E2BIG: "the command line and its environment are too long",
  EACCES: "permission denied",
  EADDRINUSE: "address already in use",
  EADDRNOTAVAIL: "not an address of this machine",
  EAGAIN: "a limit of processes or memory is reached",
  EBADF: "it is closed",
  EBUSY: "it is in use",
  ECONNABORTED: "the connection was aborted",
  ECONNREFUSED: "connection refused, nothing listens there",
  ECONNRESET: "the connection was closed by the other side",
  EDQUOT: "the disk quota is used up",
  EEXIST: "it already exists",
  EFBIG: "the file would be too large",
  EHOSTUNREACH: "no route to the host",
  EINVAL: "invalid argument",
  EIO: "input/output error",
  EISDIR: "it is a directory",
  ELOOP: "too many symbolic links",
  EMFILE: "too many open files, wanted a higher limit (ulimit -n)",
  ENAMETOOLONG: "the name is too long",
  ENETUNREACH: "the network is unreachable",
  ENFILE: "too many open files in the system",
  ENODEV: "no such device",
  ENOENT: "no such file or directory",
  ENOEXEC: "it is not a program that this machine can run",
  ENOMEM: "not enough memory",
  ENOSPC: "no space left on device",
  ENOTDIR: "a part of the path is not a directory",
  ENOTEMPTY: "the directory is not empty",
  ENOTSUP: "not supported",
  ENXIO: "no such device or address",
  EPERM: "permission denied",
  EPIPE: "the connection was closed by the other side",
  EROFS: "the file system is read-only",
  ETIMEDOUT: "the connection timed out",
  ETXTBSY: "the program is being written to",
  EAI_AGAIN: "the host name can't be resolved at the moment",
  ENOTFOUND: "unknown host",
  CERT_HAS_EXPIRED: "the certificate of the server has expired",
  CERT_NOT_YET_VALID: "the certificate of the server is not valid yet",
  DEPTH_ZERO_SELF_SIGNED_CERT: "the certificate of the server is self-signed, wanted its CA in tls_config",
  ERR_TLS_CERT_ALTNAME_INVALID: "the certificate of the server is for another host name",
  SELF_SIGNED_CERT_IN_CHAIN: "the certificate of the server is of an unknown CA, wanted the CA in tls_config",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "the certificate of the server is of an unknown CA, wanted the CA in tls_config",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "the certificate of the server is of an unknown CA, wanted the CA in tls_config",
};

/** The code of a system error: `ENOENT`. Empty for other errors. */
export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}

/** The description of a code, without a path; undefined for an unknown code. */
export function reasonOfCode(code: string): string | undefined {
  return Object.hasOwn(REASONS, code) ? REASONS[code] : undefined;
}

/** The source location of an unexpected error. */
export function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** The reason of an error in one line: the description of its code, or else its message. */
export function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message || error.name : String(error);
  return reasonOfCode(codeOf(error)) ?? (message.split("\n", 1)[0] ?? "").trim();
}
