/// Where the parts of Swift async functions are: the code in whose frames an async context can be found.
///
/// The compiler cuts an async function at each `await`. The parts carry `TY<n>_` or `TQ<n>_` in their names; a symbol S
/// is the entry of one where `S` + `Tu`, its async function pointer, exists too.
public struct AsyncFunctions: Sendable {
    public enum Part: UInt32, Sendable {
        /// The entry, or what runs after a suspension of the function itself (`TY`): it is given its own context.
        case ownContext = 0
        /// What runs when an awaited function has returned (`TQ`): it is given the context of that function, and finds
        /// its own behind it.
        case calleeContext = 1
    }

    public struct Range: Hashable, Sendable {
        /// Link-time address − `base`.
        public var start: UInt32
        /// Bytes.
        public var length: UInt32
        public var part: Part
    }

    /// Link-time address that the ranges count from.
    public var base: UInt64
    /// By start; none overlaps the next.
    public var ranges: [Range]

    /// Reads the full symbol table of a file, or the dynamic one where that is all there is: then private functions are
    /// missing. O(n log n) in the symbols. Never fails: what cannot be read is left out.
    public init(_ file: ELFFile, in bytes: RawSpan) {
        base = file.lowestAddress
        ranges = []
        guard
            let section = file.sections.first(where: { $0.type == 2 }) ?? file.sections.first(where: { $0.type == 11 }),
            section.entrySize == 24, let entries = file.range(of: section, in: bytes),
            Int(section.link) < file.sections.count,
            let strings = file.range(of: file.sections[Int(section.link)], in: bytes)
        else { return }
        var nameBytes = SymbolTable.mostNameBytes(strings)
        var pointers: Set<UInt64> = []
        for entry in stride(from: entries.lowerBound, through: entries.upperBound - 24, by: 24) {
            // Data symbols: 1 is STT_OBJECT.
            guard let info = bytes.load(UInt8.self, at: entry + 4), info & 0xF == 1,
                let name = bytes.load(UInt32.self, at: entry), let scan = NameScan(name, strings, bytes, &nameBytes),
                let pointed = scan.pointerOf
            else { continue }
            pointers.insert(pointed)
        }
        for entry in stride(from: entries.lowerBound, through: entries.upperBound - 24, by: 24) {
            guard let info = bytes.load(UInt8.self, at: entry + 4), info & 0xF == 2,
                let section = bytes.load(UInt16.self, at: entry + 6), section != 0,
                let name = bytes.load(UInt32.self, at: entry), let scan = NameScan(name, strings, bytes, &nameBytes),
                let part = scan.part ?? (pointers.contains(scan.hash) ? .ownContext : nil),
                let address = bytes.load(UInt64.self, at: entry + 8),
                let size = bytes.load(UInt64.self, at: entry + 16), size > 0, address >= base,
                address - base <= UInt64(UInt32.max)
            else { continue }
            ranges.append(Range(start: UInt32(address - base), length: UInt32(clamping: size), part: part))
        }
        ranges.sort { ($0.start, $0.part.rawValue) < ($1.start, $1.part.rawValue) }
        removeOverlaps()
    }

    /// The part that holds a link-time address. O(log n).
    public func range(at address: UInt64) -> Range? {
        guard address >= base, address - base <= UInt64(UInt32.max) else { return nil }
        let wanted = UInt32(address - base)
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].start <= wanted { low = middle + 1 } else { high = middle }
        }
        guard low > 0, wanted - ranges[low - 1].start < ranges[low - 1].length else { return nil }
        return ranges[low - 1]
    }

    /// Aliases give one range twice; identical functions that the linker folded can even be of two parts.
    private mutating func removeOverlaps() {
        var kept: [Range] = []
        kept.reserveCapacity(ranges.count)
        for range in ranges {
            if let last = kept.last {
                if range.start == last.start { continue }
                if range.start - last.start < last.length { kept[kept.count - 1].length = range.start - last.start }
            }
            kept.append(range)
        }
        ranges = kept
    }
}

/// What a mangled name says of async functions, found without making a string of it.
private struct NameScan {
    /// Of the whole name (FNV-1a).
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    /// Of the name without a final `Tu`.
    var pointerOf: UInt64?
    /// Of the last `TY<n>_` or `TQ<n>_` in the name.
    var part: AsyncFunctions.Part?

    /// Nil for a name that is not Swift's or lies outside, and when `nameBytes`, from which its length is taken, are used up.
    /// O(length).
    init?(_ name: UInt32, _ strings: Swift.Range<Int>, _ bytes: RawSpan, _ nameBytes: inout Int) {
        let start = strings.lowerBound + Int(name)
        var position = start
        guard nameBytes > 0, bytes.load(UInt8.self, at: position) == UInt8(ascii: "$") else { return nil }
        // The hash without the last byte, and without the last two.
        var (withoutOne, withoutTwo) = (hash, hash)
        var (before, last): (UInt8, UInt8) = (0, 0)
        var candidate: AsyncFunctions.Part?
        var digits = 0
        let end = min(strings.upperBound, position + SymbolTable.longestName)
        while position < end, let byte = bytes.load(UInt8.self, at: position), byte != 0 {
            (withoutOne, withoutTwo) = (hash, withoutOne)
            hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
            if last == UInt8(ascii: "T"), byte == UInt8(ascii: "Y") || byte == UInt8(ascii: "Q") {
                candidate = byte == UInt8(ascii: "Y") ? .ownContext : .calleeContext
                digits = 0
            } else if byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") {
                digits += 1
            } else {
                if byte == UInt8(ascii: "_"), digits > 0, let found = candidate { part = found }
                candidate = nil
            }
            (before, last) = (last, byte)
            position += 1
        }
        nameBytes -= position - start
        if before == UInt8(ascii: "T"), last == UInt8(ascii: "u") { pointerOf = withoutTwo }
    }
}
