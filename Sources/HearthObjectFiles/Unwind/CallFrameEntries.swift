/// A common information entry: what the functions that refer to it share.
struct CommonEntry {
    var codeAlignment: UInt64
    var dataAlignment: Int64
    var encoding: PointerEncoding
    var hasAugmentationData: Bool
    var isSignalFrame: Bool
    /// The state that every function starts from.
    var initial: CallFrameState
}

/// A function's entry: its addresses and where its program stands. Kept small, a large library has 100,000.
struct FunctionEntry: BitwiseCopyable {
    var start: UInt64
    var length: UInt32
    var programStart: UInt32
    var programEnd: UInt32
    var common: UInt32

    /// By address; at one address the longer first, so that the shorter has the last word.
    static func isOrdered(_ left: FunctionEntry, _ right: FunctionEntry) -> Bool {
        if left.start != right.start { return left.start < right.start }
        if left.length != right.length { return left.length > right.length }
        return left.programStart < right.programStart
    }
}

/// The entries of an `.eh_frame` section.
struct CallFrameEntries {
    private(set) var functions = PageArray<FunctionEntry>()
    private(set) var commons: [CommonEntry] = []
    private(set) var skipped = 0

    private let sectionAddress: UInt64
    /// Offsets of the common entries so far, which stand before the functions that name them. An offset that leads into
    /// another entry is no entry: thousands that overlap would take the square of their size to read.
    private var commonOffsets: Set<Int> = []
    /// Offset of a common entry → its index, or nil for one that cannot be used.
    private var known: [Int: UInt32?] = [:]
    private var lastOffset = -1
    private var lastIndex: UInt32?

    init(_ bytes: RawSpan, sectionAddress: UInt64) {
        self.sectionAddress = sectionAddress
        var position = 0
        while let entry = Self.entry(bytes, at: position), !entry.isEmpty {
            // The distance back to the common entry, which is 0 in one itself.
            switch bytes.load(UInt32.self, at: entry.lowerBound) {
            case nil: break
            case 0?: commonOffsets.insert(position)
            case let back?:
                let common = commonEntry(bytes, at: entry.lowerBound - Int(back))
                if let common { addFunction(bytes, entry, common: common) } else { skipped += 1 }
            }
            position = entry.upperBound
        }
        var isSorted = true
        for index in functions.indices.dropFirst() where isSorted {
            isSorted = Self.areOrdered(functions[index - 1], functions[index])
        }
        if !isSorted { functions.sort(by: FunctionEntry.isOrdered) }
    }

    private static func areOrdered(_ left: FunctionEntry, _ right: FunctionEntry) -> Bool {
        !FunctionEntry.isOrdered(right, left)
    }

    /// The body of the entry at `offset`, behind its length; empty for the terminator, nil at the end or when cut off.
    private static func entry(_ bytes: RawSpan, at offset: Int) -> Range<Int>? {
        guard let short = bytes.load(UInt32.self, at: offset) else { return nil }
        if short != 0xFFFF_FFFF { return bytes.range(at: UInt64(offset) + 4, size: UInt64(short)) }
        guard let long = bytes.load(UInt64.self, at: offset + 4) else { return nil }
        return bytes.range(at: UInt64(offset) + 12, size: long)
    }

    private mutating func addFunction(_ bytes: RawSpan, _ entry: Range<Int>, common index: UInt32) {
        let common = commons[Int(index)]
        var position = entry.lowerBound + 4
        guard
            let start = common.encoding.nextAddress(bytes, &position, sectionAddress: sectionAddress),
            let length = common.encoding.nextValue(bytes, &position),
            let limitedLength = UInt32(exactly: length), limitedLength > 0
        else {
            skipped += 1
            return
        }
        if common.hasAugmentationData {
            guard let size = bytes.nextULEB128(&position), let data = bytes.range(at: UInt64(position), size: size)
            else {
                skipped += 1
                return
            }
            position = data.upperBound
        }
        guard position <= entry.upperBound, let programEnd = UInt32(exactly: entry.upperBound) else {
            skipped += 1
            return
        }
        functions.append(
            FunctionEntry(
                start: start, length: limitedLength, programStart: UInt32(position), programEnd: programEnd,
                common: index))
    }

    private mutating func commonEntry(_ bytes: RawSpan, at offset: Int) -> UInt32? {
        if offset == lastOffset { return lastIndex }
        guard commonOffsets.contains(offset) else { return nil }
        let index: UInt32?
        if let found = known[offset] {
            index = found
        } else {
            let parsed = Self.parseCommonEntry(bytes, at: offset, sectionAddress: sectionAddress)
            index = parsed.map { _ in UInt32(commons.count) }
            if let parsed { commons.append(parsed) }
            known[offset] = .some(index)
        }
        lastOffset = offset
        lastIndex = index
        return index
    }

    private static func parseCommonEntry(_ bytes: RawSpan, at offset: Int, sectionAddress: UInt64) -> CommonEntry? {
        guard offset >= 0, let entry = entry(bytes, at: offset), entry.count > 5,
            bytes.load(UInt32.self, at: entry.lowerBound) == 0,
            let version = bytes.load(UInt8.self, at: entry.lowerBound + 4), [1, 3, 4].contains(version)
        else { return nil }
        var position = entry.lowerBound + 5
        let augmentation = position
        guard let end = bytes.endOfText(at: position, before: entry.upperBound) else { return nil }
        position = end + 1
        if version == 4 {
            guard bytes.next(UInt8.self, &position) == 8, bytes.next(UInt8.self, &position) == 0 else { return nil }
        }
        guard
            let codeAlignment = bytes.nextULEB128(&position),
            let dataAlignment = bytes.nextSLEB128(&position),
            let returnRegister = version == 1
                ? bytes.next(UInt8.self, &position).map({ UInt64($0) }) : bytes.nextULEB128(&position)
        else { return nil }
        var common = CommonEntry(
            codeAlignment: codeAlignment, dataAlignment: dataAlignment, encoding: .absolute,
            hasAugmentationData: false, isSignalFrame: false, initial: CallFrameState())
        guard
            let program = readAugmentation(bytes, text: augmentation..<end, &position, into: &common),
            program <= entry.upperBound
        else { return nil }
        var interpreter = CallFrameInterpreter()
        common.initial = interpreter.initialState(bytes, program: program..<entry.upperBound, common: common)
        // Another column than the processor's: no rule of ours says where the return address is.
        if returnRegister != ProcessorRegisters.returnAddress { common.initial.returnAddress = .unsupported }
        return common
    }

    /// Reads the augmentation's data; returns where the initial program begins, nil for letters that are not known.
    private static func readAugmentation(
        _ bytes: RawSpan, text: Range<Int>, _ position: inout Int, into common: inout CommonEntry
    ) -> Int? {
        guard !text.isEmpty else { return position }
        guard bytes.load(UInt8.self, at: text.lowerBound) == UInt8(ascii: "z"), text.count < 16,
            let size = bytes.nextULEB128(&position), let data = bytes.range(at: UInt64(position), size: size)
        else { return nil }
        common.hasAugmentationData = true
        for index in text.dropFirst() {
            switch bytes.load(UInt8.self, at: index) {
            case UInt8(ascii: "R"):
                guard let encoding = bytes.next(UInt8.self, &position) else { return nil }
                common.encoding = PointerEncoding(rawValue: encoding)
            case UInt8(ascii: "P"):
                guard let encoding = bytes.next(UInt8.self, &position),
                    PointerEncoding(rawValue: encoding).nextValue(bytes, &position) != nil
                else { return nil }
            case UInt8(ascii: "L"): position += 1
            case UInt8(ascii: "S"): common.isSignalFrame = true
            default: return nil
            }
        }
        return data.upperBound
    }
}
