// What platform a program is for, by its header.
//
// Sources: elf(5); Apple's mach-o/loader.h and mach/machine.h; Microsoft's "PE Format".

const ELF_MACHINES = { 0x3e: "x64", 0xb7: "arm64" };
const MACH_O_CPUS = { 0x01000007: "x64", 0x0100000c: "arm64" };
const PE_MACHINES = { 0x8664: "x64", 0xaa64: "arm64" };

/**
 * `{ os, cpu }` in Node's words, either undefined where it is none of those that are known. `interpreter` is the
 * dynamic loader that an ELF file asks for, if it does; `fault` says why the file is not a program.
 */
export function inspect(bytes) {
  try {
    return inspectElf(bytes) ?? inspectMachO(bytes) ?? inspectPe(bytes) ?? { fault: "no program" };
  } catch (error) {
    // An offset that points out of the file.
    if (error instanceof RangeError) {
      return { fault: "a program that is cut off" };
    }
    throw error;
  }
}

/** What was found, for a message. */
export function describe({ os, cpu, fault }) {
  return fault ?? `a program for ${os} on ${cpu ?? "an unknown processor"}`;
}

function inspectElf(bytes) {
  if (bytes.length < 4 || bytes.readUInt32BE(0) !== 0x7f454c46) {
    return undefined;
  }
  const is64Bit = bytes[4] === 2;
  const isLittleEndian = bytes[5] === 1;
  // System V, which is what Linux programs say, or GNU/Linux.
  const isLinux = bytes[7] === 0 || bytes[7] === 3;
  const type = bytes.readUInt16LE(16);
  if (!is64Bit || !isLittleEndian || !isLinux) {
    return { fault: "an ELF file for another system" };
  }
  if (type !== 2 && type !== 3) {
    return { fault: "an ELF file, but not a program" };
  }
  return { os: "linux", cpu: ELF_MACHINES[bytes.readUInt16LE(18)], interpreter: readInterpreter(bytes) };
}

function readInterpreter(bytes) {
  const INTERPRETER = 3;
  const headers = Number(bytes.readBigUInt64LE(32));
  const size = bytes.readUInt16LE(54);
  const count = bytes.readUInt16LE(56);
  for (let at = headers; at < headers + size * count; at += size) {
    if (bytes.readUInt32LE(at) === INTERPRETER) {
      const start = Number(bytes.readBigUInt64LE(at + 8));
      const length = Number(bytes.readBigUInt64LE(at + 32));
      return bytes.toString("latin1", start, start + length).replace(/\0.*$/s, "");
    }
  }
  return undefined;
}

function inspectMachO(bytes) {
  const EXECUTE = 2;
  if (bytes.length < 4) {
    return undefined;
  }
  if (bytes.readUInt32BE(0) === 0xcafebabe) {
    return { fault: "a universal binary of macOS; each package has one platform" };
  }
  if (bytes.readUInt32LE(0) !== 0xfeedfacf) {
    return undefined;
  }
  if (bytes.readUInt32LE(12) !== EXECUTE) {
    return { fault: "a Mach-O file, but not a program" };
  }
  return { os: "darwin", cpu: MACH_O_CPUS[bytes.readUInt32LE(4)] };
}

function inspectPe(bytes) {
  const EXECUTABLE = 0x0002;
  const LIBRARY = 0x2000;
  if (bytes.length < 2 || bytes.toString("latin1", 0, 2) !== "MZ") {
    return undefined;
  }
  const header = bytes.readUInt32LE(0x3c);
  if (bytes.readUInt32BE(header) !== 0x50450000) {
    return { fault: "a program for DOS" };
  }
  const characteristics = bytes.readUInt16LE(header + 22);
  if ((characteristics & EXECUTABLE) === 0 || (characteristics & LIBRARY) !== 0) {
    return { fault: "a PE file, but not a program" };
  }
  return { os: "win32", cpu: PE_MACHINES[bytes.readUInt16LE(header + 4)] };
}
