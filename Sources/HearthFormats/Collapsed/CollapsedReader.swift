internal import HearthProfile

/// Reads collapsed stacks. The count is what follows the last blank; a second column is never looked for, since names
/// may well end in a number. A file whose header says that it has two columns is refused: it is no profile.
struct CollapsedReader {
    private let bytes: [UInt8]
    private let limits: ReadLimits
    private(set) var notes = ReadNotes(format: .collapsed)

    private var profile: Profile
    private let scale: DecimalScale
    private let isDifferential: Bool
    private var names: FrameNameIndex
    private var previous = PreviousLine()

    /// The frames of the line before: sorted files share most of them with the next one.
    private struct PreviousLine {
        var stack = 0..<0
        /// Where each frame ends, counted from the start of the line, and the stack up to it.
        var ends: [Int] = []
        var stacks: [StackID] = []
    }

    init(_ bytes: [UInt8], limits: ReadLimits) {
        self.bytes = bytes
        self.limits = limits
        let survey = Self.survey(bytes)
        isDifferential = survey.isDifferential
        let type = survey.type ?? .samples
        scale = DecimalScale(
            digits: min(max(survey.digits, DecimalScale(of: type).digits), DecimalScale.mostDigits))
        let plain = ValueType(type: type.type, unit: type.plainUnit)
        profile = Profile(sampleTypes: [scale.scaled(plain)], periodType: plain)
        names = FrameNameIndex(source: bytes)
    }

    /// The profile. O(bytes).
    mutating func read() throws(ProfileReadError.Reason) -> Profile {
        if isDifferential { throw .isDifference }
        for line in Lines(bytes) {
            if bytes[line.range].allSatisfy(Ascii.isBlank) || bytes[line.range.lowerBound] == Ascii.hash { continue }
            guard let (stack, count) = Self.split(bytes, line.range) else {
                notes.addMalformed(line: line.number, bytes[line.range])
                continue
            }
            guard let value = scale.parse(bytes[count]), value >= 0, let id = try push(stack) else {
                notes.addMalformed(line: line.number, bytes[line.range], problem: problem(bytes[stack], bytes[count]))
                continue
            }
            profile.add(Profile.Sample(stack: id), values: CollectionOfOne(value))
        }
        if profile.isEmpty, let first = notes.firstMalformedLine {
            throw .noUsableLine(format: .collapsed, first: first)
        }
        return profile
    }

    /// What is wrong with a line whose count is a number all the same.
    private func problem(_ stack: ArraySlice<UInt8>, _ count: ArraySlice<UInt8>) -> String? {
        guard DecimalScale.isNumber(count) else { return nil }
        if count.first == Ascii.minus { return "its count is below 0" }
        if scale.parse(count) == nil { return "its count is too large for 64 bits" }
        let depth = stack.count { $0 == Ascii.semicolon } + 1
        return depth > limits.stackDepth ? "its stack has more than \(limits.stackDepth) frames" : nil
    }

    /// The stack and the count of a line; nil when one of them is missing.
    static func split(_ bytes: [UInt8], _ line: Range<Int>) -> (stack: Range<Int>, count: Range<Int>)? {
        var end = line.upperBound
        while end > line.lowerBound, Ascii.isBlank(bytes[end - 1]) { end -= 1 }
        guard let blank = bytes[line.lowerBound..<end].lastIndex(where: Ascii.isBlank), blank > line.lowerBound else {
            return nil
        }
        return (line.lowerBound..<blank, blank + 1..<end)
    }

    /// The sample type that the file announces, whether it says to have two columns, and the digits after the point that its
    /// counts need.
    private static func survey(_ bytes: [UInt8]) -> (type: ValueType?, isDifferential: Bool, digits: Int) {
        var type: ValueType?
        var isDifferential = false
        var digits = 0
        for line in Lines(bytes) where !line.range.isEmpty {
            if bytes[line.range.lowerBound] == Ascii.hash {
                type = type ?? CollapsedHeader.sampleType(bytes[line.range])
                isDifferential = isDifferential || CollapsedHeader.isDifferential(bytes[line.range])
            } else if let (_, count) = split(bytes, line.range), bytes[count].contains(Ascii.dot),
                DecimalScale(digits: 0).parse(bytes[count]) != nil
            {
                digits = max(digits, DecimalScale.digitsNeeded(bytes[count]))
            }
        }
        return (type, isDifferential, digits)
    }

    /// The stack of `a;b;c`; nil when it has no frame, or too many.
    private mutating func push(_ line: Range<Int>) throws(ProfileReadError.Reason) -> StackID? {
        let shared = sharedBytes(line)
        var current = PreviousLine(stack: line)
        var stack = StackID.empty
        var start = line.lowerBound
        var sharesFrames = true
        while start <= line.upperBound {
            var end = start
            while end < line.upperBound, bytes[end] != Ascii.semicolon { end += 1 }
            let length = end - line.lowerBound
            let index = current.ends.count
            guard index < limits.stackDepth else { return nil }
            sharesFrames =
                sharesFrames && length <= shared && index < previous.ends.count && previous.ends[index] == length
            if sharesFrames {
                stack = previous.stacks[index]
            } else if end > start {
                stack = profile.push(frame(start..<end), on: stack)
            }
            current.ends.append(length)
            current.stacks.append(stack)
            start = end + 1
        }
        previous = current
        try limits.check(profile)
        return stack == .empty ? nil : stack
    }

    /// How many bytes the line has in common with the one before.
    private func sharedBytes(_ line: Range<Int>) -> Int {
        let longest = min(line.count, previous.stack.count)
        var count = 0
        while count < longest, bytes[previous.stack.lowerBound + count] == bytes[line.lowerBound + count] { count += 1 }
        return count
    }

    private mutating func frame(_ range: Range<Int>) -> FrameID {
        names.frame(range) { name in
            let (text, isValid) = CollapsedName.unescaped(name).decodedText
            if !isValid { notes.invalidUTF8 += 1 }
            return profile.intern(frameNamed: text)
        }
    }
}
