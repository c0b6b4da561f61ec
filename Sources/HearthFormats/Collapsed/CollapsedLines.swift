internal import HearthProfile

/// Makes numbers of the lines of collapsed stacks, a piece of text at a time. The count is what follows the last blank; a
/// second column is never looked for, since names may well end in a number.
struct CollapsedLines {
    private let limits: ReadLimits
    private(set) var notes = ReadNotes(format: .collapsed)
    /// The first sample type that a comment names.
    private(set) var type: ValueType?
    /// Whether a comment says that the file has two columns.
    private(set) var isDifferential = false
    /// Nothing but the frames.
    private var profile = Profile(sampleTypes: [.samples])
    private var names = FrameNames()
    private let seeds = NameHash.Seeds()
    private var lineNumber = 0
    /// After the point, that the values have.
    private(set) var digits = 0
    /// Of the line before, if it is in the same piece: sorted files share most frames with the next line.
    private var previous: PreviousLine?
    /// Where each frame of the line ends, counted from its start.
    private var frameEnds: [Int] = []

    private struct PreviousLine {
        var start: Int
        var length: Int
    }

    init(limits: ReadLimits) { self.limits = limits }

    /// Reads whole lines.
    ///
    /// - Parameters:
    ///   - bytes: of which `count` are lines; ``StackText/slack`` more are there.
    ///   - batch: empty; what was read is put there.
    ///
    /// O(count).
    mutating func read(_ bytes: [UInt8], count: Int, into batch: inout CollapsedBatch) {
        previous = nil
        batch.digits = digits
        unsafe bytes.withUnsafeBytes { buffer in
            guard let base = buffer.baseAddress else { return }
            let text = unsafe StackText(base, seeds)
            var start = lineNumber == 0 && bytes.prefix(count).starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
            while start < count {
                let end = unsafe text.lineBreak(from: start, to: count) ?? count
                lineNumber += 1
                let isReturn = end > start && bytes[end - 1] == Ascii.carriageReturn
                unsafe read(start..<(isReturn ? end - 1 : end), bytes, text, &batch)
                start = end + 1
            }
        }
    }

    @inline(__always)
    private mutating func read(
        _ line: Range<Int>, _ bytes: [UInt8], _ text: StackText, _ batch: inout CollapsedBatch
    ) {
        guard let first = line.first, bytes[first] != Ascii.hash else {
            if !line.isEmpty { readComment(bytes[line]) }
            return
        }
        guard let (stack, count) = CollapsedLines.split(bytes, line) else {
            if !bytes[line].allSatisfy(Ascii.isBlank) { notes.addMalformed(line: lineNumber, bytes[line]) }
            return
        }
        guard let value = unsafe value(bytes, count, text, &batch),
            let shared = unsafe push(stack, text, &batch.stacks)
        else {
            notes.addMalformed(line: lineNumber, bytes[line], problem: problem(bytes[stack], bytes[count]))
            return
        }
        batch.stacks.end(shared: shared, value: value)
    }

    private mutating func readComment(_ line: ArraySlice<UInt8>) {
        type = type ?? CollapsedHeader.sampleType(line)
        isDifferential = isDifferential || CollapsedHeader.isDifferential(line)
    }

    /// What is wrong with a line whose count is a number all the same.
    private func problem(_ stack: ArraySlice<UInt8>, _ count: ArraySlice<UInt8>) -> String? {
        guard DecimalScale.isNumber(count) else { return nil }
        if count.first == Ascii.minus { return "its count is below 0" }
        guard let value = DecimalScale(digits: digits).parse(count) else { return "its count is too large for 64 bits" }
        if value == 0, Self.isTiny(count) {
            return "of its count nothing is left in the \(DecimalScale.mostDigits) digits after the point that are kept"
        }
        let depth = stack.count { $0 == Ascii.semicolon } + 1
        return depth > limits.stackDepth ? "its stack has more than \(limits.stackDepth) frames" : nil
    }

    /// The stack and the count of a line; nil when one of them is missing.
    @inline(__always)
    static func split(_ bytes: [UInt8], _ line: Range<Int>) -> (stack: Range<Int>, count: Range<Int>)? {
        var end = line.upperBound
        while end > line.lowerBound, Ascii.isBlank(bytes[end - 1]) { end -= 1 }
        var blank = end - 1
        while blank > line.lowerBound, !Ascii.isBlank(bytes[blank]) { blank -= 1 }
        guard blank > line.lowerBound else { return nil }
        return (line.lowerBound..<blank, blank + 1..<end)
    }

    // MARK: The result

    /// Bytes of memory that the frames take, about.
    var size: Int { profile.frames.count * 220 + profile.strings.count * 80 }

    /// A profile that has these frames, and no samples.
    func profile(of type: ValueType, period: ValueType) -> Profile {
        var result = profile
        result.adopt(StackTable(), values: [-1], of: type)
        result.periodType = period
        return result
    }

    // MARK: Counts

    /// The count in the batch's scale; nil where it is none, or beyond 64 bits.
    @inline(__always)
    private mutating func value(
        _ bytes: [UInt8], _ count: Range<Int>, _ text: StackText, _ batch: inout CollapsedBatch
    ) -> Int64? {
        // Up to eighteen digits and no scale: nearly always.
        if digits == 0, count.count <= 18 {
            var value: Int64 = 0
            var offset = count.lowerBound
            while offset < count.upperBound {
                let digit = unsafe text[offset] &- Ascii.zero
                if digit > 9 { break }
                value = value &* 10 &+ Int64(digit)
                offset += 1
            }
            if offset == count.upperBound { return value }
        }
        return exactValue(bytes[count], &batch)
    }

    @inline(never)
    private mutating func exactValue(_ count: ArraySlice<UInt8>, _ batch: inout CollapsedBatch) -> Int64? {
        if count.contains(Ascii.dot), DecimalScale(digits: 0).parse(count) != nil {
            let needed = min(DecimalScale.digitsNeeded(count), DecimalScale.mostDigits)
            if needed > digits { raise(to: needed, &batch) }
        }
        if let value = DecimalScale(digits: digits).parse(count) {
            return value > 0 || value == 0 && !Self.isTiny(count) ? value : nil
        }
        // A count that the digits of others leave no room for is as large as can be, as if it had come before them.
        guard digits > 0, let whole = DecimalScale(digits: 0).parse(count), whole > 0 else { return nil }
        return .max
    }

    /// Whether a count of which nothing is left is more than 0.
    private static func isTiny(_ count: ArraySlice<UInt8>) -> Bool { count.contains { (0x31...0x39).contains($0) } }

    /// All counts get more digits after the point.
    private mutating func raise(to needed: Int, _ batch: inout CollapsedBatch) {
        let factor = DecimalScale(digits: needed - digits).factor
        for index in batch.stacks.values.indices {
            let (product, overflow) = batch.stacks.values[index].multipliedReportingOverflow(by: factor)
            batch.stacks.values[index] = overflow ? .max : product
        }
        digits = needed
        batch.digits = needed
    }

    // MARK: Frames

    /// Appends the frames of `a;b;c` but for those that it shares with the line before.
    ///
    /// - Returns: how many those are; nil, and nothing was appended, where there is no frame or there are too many.
    @inline(__always)
    private mutating func push(_ stack: Range<Int>, _ text: StackText, _ stacks: inout StackBatch) -> Int? {
        var start = stack.lowerBound
        var shared = 0
        if let previous {
            let common = unsafe text.common(previous.start, start, count: min(previous.length, stack.count))
            while shared < frameEnds.count, frameEnds[shared] < common { shared += 1 }
        }
        if shared > 0 { start += frameEnds[shared - 1] + 1 }
        frameEnds.removeLast(frameEnds.count - shared)
        // One more than there may be is enough to refuse it.
        while start < stack.upperBound, frameEnds.count <= limits.stackDepth {
            let name = unsafe text.name(from: start, to: stack.upperBound)
            if name.end > start {
                let frame = names.frame(name.hash) {
                    unsafe Self.intern(text.buffer(start..<name.end), in: &profile, &notes)
                }
                stacks.frames.append(frame)
                frameEnds.append(name.end - stack.lowerBound)
            }
            start = name.end + 1
        }
        guard !frameEnds.isEmpty, frameEnds.count <= limits.stackDepth else {
            stacks.drop()
            previous = nil
            frameEnds.removeAll(keepingCapacity: true)
            return nil
        }
        previous = PreviousLine(start: stack.lowerBound, length: stack.count)
        return shared
    }

    private static func intern(
        _ name: UnsafeBufferPointer<UInt8>, in profile: inout Profile, _ notes: inout ReadNotes
    ) -> FrameID {
        let (text, isValid) = CollapsedName.unescaped(unsafe Array(name)[...]).decodedText
        if !isValid { notes.invalidUTF8 += 1 }
        return profile.intern(frameNamed: text)
    }
}
