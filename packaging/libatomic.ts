/**
 * Node 26 needs libatomic.so.1 for one function, `__atomic_compare_exchange`. Servers without a compiler don't have this library. So
 * the function is added to the program: its code is written into the padding after the section .plt, and the relocation of the
 * function is changed to point to it. Size and layout of the file don't change.
 * Layouts are those of elf(5), 64 bits, little endian.
 */

const NEEDED = "libatomic.so.1";
const FUNCTION = "__atomic_compare_exchange";

type Machine = { readonly relative: bigint; readonly code: Buffer };

/**
 * The function for values of 8 bytes, the only size that V8 uses; with any other size it aborts. It always uses sequentially
 * consistent order. Arguments: size, address, expected, desired, and two orders.
 */
const MACHINES: Readonly<Record<number, Machine>> = {
  // EM_X86_64; R_X86_64_RELATIVE.
  62: {
    relative: 8n,
    code: Buffer.from(
      "4883ff08" + // cmp $8,%rdi
        "7515" + // jne to ud2
        "488b02" + // mov (%rdx),%rax
        "488b09" + // mov (%rcx),%rcx
        "f0480fb10e" + // lock cmpxchg %rcx,(%rsi)
        "0f94c1" + // sete %cl
        "488902" + // mov %rax,(%rdx)
        "0fb6c1" + // movzbl %cl,%eax
        "c3" + // ret
        "0f0b", // ud2
      "hex",
    ),
  },
  // EM_AARCH64; R_AARCH64_RELATIVE.
  183: {
    relative: 1027n,
    code: Buffer.from(
      "1f2000f1" + // cmp x0, #8
        "c1010054" + // b.ne to brk
        "480040f9" + // ldr x8, [x2]
        "690040f9" + // ldr x9, [x3]
        "20fc5fc8" + // again: ldaxr x0, [x1]
        "1f0008eb" + // cmp x0, x8
        "a1000054" + // b.ne to clrex
        "29fc0ac8" + // stlxr w10, x9, [x1]
        "8affff35" + // cbnz w10, again
        "20008052" + // mov w0, #1
        "c0035fd6" + // ret
        "5f3f03d5" + // clrex
        "400000f9" + // str x0, [x2]
        "00008052" + // mov w0, #0
        "c0035fd6" + // ret
        "200020d4", // brk #1
      "hex",
    ),
  },
};

type Section = { readonly address: number; readonly offset: number; readonly size: number };

/** @throws Error if the program has an unexpected form, so that this file needs an update. */
export function withoutLibatomic(elf: Buffer): void {
  const machine = MACHINES[elf.readUInt16LE(18)];
  if (machine === undefined)
    throw new Error(`found a program for machine ${elf.readUInt16LE(18)}, wanted x86-64 or ARM64`);
  const sections = sectionsOf(elf);
  const section = (name: string) => {
    const found = sections.get(name);
    if (found === undefined) throw new Error(`found no section ${name} in the program, wanted one`);
    return found;
  };
  const { offset: strings } = section(".dynstr");
  const string = (at: number) => textAt(elf, strings + at);
  const address = place(elf, machine.code, section(".plt"), section(".text"));
  resolve(elf, {
    relative: machine.relative,
    address,
    jumps: section(".rela.plt"),
    symbols: section(".dynsym"),
    string,
  });
  forgetVersion(elf, section(".gnu.version_r"), string);
  forgetNeed(elf, section(".dynamic"), string);
}

function textAt(elf: Buffer, start: number): string {
  return elf.toString("latin1", start, elf.indexOf(0, start));
}

function sectionsOf(elf: Buffer): ReadonlyMap<string, Section> {
  const [table, count, names] = [Number(elf.readBigUInt64LE(40)), elf.readUInt16LE(60), elf.readUInt16LE(62)];
  const header = (index: number) => elf.subarray(table + 64 * index, table + 64 * (index + 1));
  const [word, long] = [
    (index: number) => header(index).readUInt32LE(0),
    (index: number, at: number) => Number(header(index).readBigUInt64LE(at)),
  ];
  return new Map(
    Array.from({ length: count }, (_, index) => [
      textAt(elf, long(names, 24) + word(index)),
      { address: long(index, 16), offset: long(index, 24), size: long(index, 32) },
    ]),
  );
}

/** Writes code into the padding between two sections of an executable segment. Returns its address. */
function place(elf: Buffer, code: Buffer, before: Section, after: Section): number {
  const start = Math.ceil((before.offset + before.size) / 16) * 16;
  const padding = elf.subarray(start, after.offset);
  if (padding.length < code.length || padding.some((byte) => byte !== 0 && byte !== 0xcc))
    throw new Error("found no padding between .plt and .text, wanted room for a function");
  code.copy(padding);
  return before.address + start - before.offset;
}

type Strings = (at: number) => string;

/** Replaces the relocation of the function by one with its address. */
function resolve(
  elf: Buffer,
  at: { relative: bigint; address: number; jumps: Section; symbols: Section; string: Strings },
): void {
  const { jumps, symbols, string } = at;
  const name = (jump: number) => string(elf.readUInt32LE(symbols.offset + 24 * elf.readUInt32LE(jump + 12)));
  const found = Array.from({ length: jumps.size / 24 }, (_, index) => jumps.offset + 24 * index).filter(
    (jump) => name(jump) === FUNCTION,
  );
  const [jump] = found;
  if (jump === undefined) throw new Error(`found no relocation of ${FUNCTION} in the program, wanted one`);
  elf.writeBigUInt64LE(at.relative, jump + 8);
  elf.writeBigInt64LE(BigInt(at.address), jump + 16);
}

/** Removes the library from the version requirements: its entry becomes another one of a library that is needed anyway. */
function forgetVersion(elf: Buffer, needs: Section, string: Strings): void {
  const entries = [needs.offset];
  for (let [at = 0] = entries, step = -1; step !== 0; at += step) {
    step = elf.readUInt32LE(at + 12);
    if (step !== 0) entries.push(at + step);
  }
  const isNeeded = (entry: number) => string(elf.readUInt32LE(entry + 4)) === NEEDED;
  const [own, other] = [entries.find(isNeeded), entries.find((entry) => !isNeeded(entry))];
  if (own === undefined || other === undefined || elf.readUInt16LE(own + 2) !== 1)
    throw new Error(`found other versions of libraries than are known, wanted one of ${NEEDED}`);
  elf.copy(elf, own + 4, other + 4, other + 8);
  // Hash and name of a version; the version index of the symbols between them is kept.
  const [to, from] = [own, other].map((entry) => entry + elf.readUInt32LE(entry + 8)) as [number, number];
  elf.copy(elf, to, from, from + 4);
  elf.copy(elf, to + 8, from + 8, from + 12);
}

function forgetNeed(elf: Buffer, { offset, size }: Section, string: Strings): void {
  const DT_NEEDED = 1n;
  for (let entry = offset; entry < offset + size; entry += 16) {
    if (elf.readBigUInt64LE(entry) !== DT_NEEDED || string(Number(elf.readBigUInt64LE(entry + 8))) !== NEEDED) continue;
    elf.copy(elf, entry, entry + 16, offset + size);
    elf.fill(0, offset + size - 16, offset + size);
    return;
  }
  throw new Error(`found a program that doesn't need ${NEEDED}: remove this step`);
}
