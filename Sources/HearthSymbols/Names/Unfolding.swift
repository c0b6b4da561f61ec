/// How long a name can become when it is demangled, at most.
///
/// Mangled names refer to their own earlier parts, and those to others: 200 bytes can unfold to gigabytes, and no demangler
/// can be told to stop. What is counted here needs no grammar: a part that is referred to r times makes the whole at most
/// 1 + r times as long. Where it is not sure whether bytes are a reference, they are taken for one.
struct Unfolding {
    /// Bytes of the name, with those that numbers and words stand for.
    private var size: Double
    private var longestWord = 0
    /// How many times as long references make it.
    private var growth = 1.0
    /// How often each part is referred to. Each doubles the growth at least: there are never many.
    private var references: [(part: UInt64, count: Int)] = []

    /// What is longer stays mangled. Compilers seldom go that far: in 1 of 1,000 Swift names of the toolchain, 3 of 10,000 C++
    /// names of Debian's libraries, 4 of 1,000 in clang with its templates of templates.
    private static let longest = Double(1 << 24)
    /// Too short to unfold far.
    private static let shortest = 100

    private init(_ name: [UInt8]) { size = Double(name.count) }

    private var isTooLong: Bool { size * growth > Self.longest }

    private mutating func refer(to part: UInt64, _ count: Int = 1) {
        let known = references.firstIndex { $0.part == part }
        let index = known ?? references.count
        if known == nil { references.append((part, 0)) }
        let before = references[index].count
        references[index].count += count
        growth *= Double(before + count + 1) / Double(before + 1)
    }

    // MARK: C++

    /// False for a name that no demangler should be given. O(length).
    static func isHarmless(cxx name: String) -> Bool {
        if name.utf8.count < shortest { return true }
        let bytes = Array(name.utf8)
        var unfolding = Unfolding(bytes)
        unfolding.addReferences(ofCxx: bytes)
        return !unfolding.isTooLong
    }

    /// `S_`, `S1A_`, `T_`, `T0_` are references wherever they stand, also in what may be an identifier.
    private mutating func addReferences(ofCxx name: [UInt8]) {
        for start in name.indices where name[start] == UInt8(ascii: "S") || name[start] == UInt8(ascii: "T") {
            if isTooLong { return }
            // Of more digits than that no name has parts; but they may be zeros.
            let digits = name[(start + 1)...].prefix(12).prefix { Self.isDigit($0) || Self.isUpper($0) }
            if digits.count == 12, digits.first == UInt8(ascii: "0") { size = .infinity }
            guard digits.endIndex < name.endIndex, name[digits.endIndex] == UInt8(ascii: "_") else { continue }
            let number = digits.reduce(1) { $0 &* 36 &+ UInt64(Self.isDigit($1) ? $1 & 0xF : $1 & 0x1F &+ 9) }
            refer(to: number << 1 | UInt64(name[start] & 1))
        }
    }

    // MARK: Swift

    /// False for a name that no demangler should be given. O(length).
    static func isHarmless(swift name: String) -> Bool {
        if name.utf8.count < shortest { return true }
        let bytes = Array(name.utf8)
        var unfolding = Unfolding(bytes)
        unfolding.addReferences(ofSwift: bytes)
        return !unfolding.isTooLong
    }

    /// Operators and references, one after the other; identifiers are left out where it is sure that they are some.
    private mutating func addReferences(ofSwift name: [UInt8]) {
        var position = 1
        var isBehindIdentifier = false
        // Digits behind the operators of specialisations need not be the length of an identifier.
        var isSpecialized = false
        while position < name.count, !isTooLong {
            let (before, byte) = (name[position - 1], name[position])
            if Self.isDigit(byte) {
                let end = endOfIdentifier(name, position)
                // `12_` is a number, but none stands behind an identifier or what makes a type of it.
                let behindDigits = name[position...].first { !Self.isDigit($0) }
                let isMaybeNumber =
                    behindDigits == UInt8(ascii: "_") && !isBehindIdentifier && !Self.typeOperators.contains(before)
                isBehindIdentifier = end != nil && !isMaybeNumber && !isSpecialized
                position = isBehindIdentifier ? end ?? position : position + 1
                continue
            }
            isBehindIdentifier = false
            position += 1
            switch byte {
            case UInt8(ascii: "A"):
                addSubstitutions(name, &position, isOperatorMaybe: Self.operatorsWithA.contains(before))
            case UInt8(ascii: "S") where position < name.count && name[position] != UInt8(ascii: "0"):
                // `S2i` is a type twice.
                size += Double(Self.number(name, &position) ?? 0)
            // The T of `ScT`, the type Task, is none of the operators.
            case UInt8(ascii: "T") where before != UInt8(ascii: "c"): isSpecialized = true
            default: continue
            }
        }
    }

    /// Class, struct, enum.
    private static let typeOperators = Array("CVO".utf8)
    /// What may have an `A` as its second letter.
    private static let operatorsWithA = Array("BILMQRSTWXYf".utf8)

    /// Behind an `A`, letters with a number before each, up to an upper-case one or a `_`: `AbC`, `A2E`, `A12_`.
    private mutating func addSubstitutions(_ name: [UInt8], _ position: inout Int, isOperatorMaybe: Bool) {
        while !isTooLong {
            let number = Self.number(name, &position)
            // Of a larger one demanglers take nothing.
            guard position < name.count, number ?? 1 <= 2_048 else { return }
            let byte = name[position]
            if byte == UInt8(ascii: "_") {
                position += 1
                return refer(to: UInt64(number.map { $0 + 1 } ?? 0) + 256)
            }
            guard Self.isUpper(byte) || Self.isLower(byte) else { return }
            refer(to: UInt64(byte & 0x1F), max(number ?? 1, 1))
            // If the first `A` was none, this may be one.
            if byte == UInt8(ascii: "A"), isOperatorMaybe { return }
            position += 1
            if Self.isUpper(byte) { return }
        }
    }

    /// Behind `4name`, or `0aB5Other`, in which letters stand for words of the identifiers before, which refer to nothing
    /// themselves; nil for what is none.
    private mutating func endOfIdentifier(_ name: [UInt8], _ start: Int) -> Int? {
        var position = start
        var hasWords = name[start] == UInt8(ascii: "0")
        if hasWords {
            position += 1
            // Not in ASCII.
            if position < name.count, name[position] == UInt8(ascii: "0") {
                hasWords = false
                position += 1
            }
        }
        repeat {
            while hasWords, position < name.count, Self.isUpper(name[position]) || Self.isLower(name[position]) {
                size += Double(longestWord)
                hasWords = !Self.isUpper(name[position])
                position += 1
            }
            if position < name.count, name[position] == UInt8(ascii: "0") { return position + 1 }
            guard let count = Self.number(name, &position), count > 0, count <= name.count - position else {
                return nil
            }
            longestWord = max(longestWord, count)
            position += count
        } while hasWords
        return position
    }

    /// The number at `position`, which moves behind it; nil where none begins. No name is as long as 2³².
    private static func number(_ name: [UInt8], _ position: inout Int) -> Int? {
        let digits = name[position...].prefix(while: isDigit)
        position = digits.endIndex
        return digits.isEmpty ? nil : digits.reduce(0) { min($0 * 10 + Int($1 & 0xF), 1 << 32) }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { NameText.isDigit(byte) }

    private static func isUpper(_ byte: UInt8) -> Bool { UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte }

    private static func isLower(_ byte: UInt8) -> Bool { UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte }
}
