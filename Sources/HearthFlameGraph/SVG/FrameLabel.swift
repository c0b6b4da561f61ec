/// The text inside a frame, in a font whose characters are all equally wide.
///
/// Scripts fit labels again after a zoom by the same rules (`fit` in `FrameLabelScript.swift`); a browser test holds the
/// two together.
enum FrameLabel {
    /// Pixels of one column of text, and between text and the edges of a frame.
    static let columnWidth = 6.7
    static let inset = 4.0
    /// Fewer columns say nothing.
    static let fewestColumns = 3

    static func columns(inWidth width: Double) -> Int { Int((width - 2 * inset) / columnWidth) }

    /// The name, or what is left of it that says most: generic arguments shortened to `<…>`, then arguments to `(…)`, then
    /// without these, then without modules and types, of a closure only what it is in, then cut at its end. Empty when there
    /// is no room. O(length).
    static func fit(_ name: String, columns: Int) -> String {
        guard columns >= fewestColumns else { return "" }
        var text = Array(name.unicodeScalars)
        if width(text) <= columns { return name }
        for (open, close) in [("<", ">"), ("(", ")")] as [(Unicode.Scalar, Unicode.Scalar)] {
            text = folding(text, open, close)
            if width(text) <= columns { return string(text) }
        }
        text = withoutArguments(text)
        if width(text) <= columns { return string(text) }
        // The dots of a path, a library or an address divide nothing.
        let isPlace = text.contains("/") || name.utf8.contains(UInt8(ascii: "+")) && name.contains("+0x")
        while !isPlace, let shorter = withoutQualifier(text) {
            text = shorter
            if width(text) <= columns { return string(text) }
        }
        if !isPlace { text = outermost(text) }
        return string(width(text) <= columns ? text : cut(text, columns: columns))
    }

    /// `run` of `closure 1 in run`.
    private static func outermost(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
        let word = Array(" in ".unicodeScalars)
        let start = text.indices.last { text[$0...].starts(with: word) }
        return start.map { Array(text[($0 + word.count)...]) } ?? text
    }

    /// Everything between the outermost pairs of brackets becomes `…`. An arrow does not close a bracket, and what is
    /// not balanced stays.
    private static func folding(
        _ text: [Unicode.Scalar], _ open: Unicode.Scalar, _ close: Unicode.Scalar
    ) -> [Unicode.Scalar] {
        var result: [Unicode.Scalar] = []
        var depth = 0
        var start = 0
        for (index, scalar) in text.enumerated() {
            if scalar == open {
                if depth == 0 { start = result.count }
                depth += 1
            } else if scalar == close, depth > 0, index == 0 || text[index - 1] != "-" {
                depth -= 1
                if depth == 0 {
                    // `()` is shorter than `(…)`.
                    let isEmpty = result.count == start + 1
                    result.removeLast(result.count - start)
                    result.append(open)
                    if !isEmpty { result.append("…") }
                    result.append(close)
                    continue
                }
            }
            result.append(scalar)
        }
        return depth == 0 ? result : text
    }

    /// The text without the argument list at its end, which was shortened already; that of C++'s `operator()` is its name.
    private static func withoutArguments(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
        let list = ["(…)", "()"].map { Array($0.unicodeScalars) }.first { text.suffix($0.count).elementsEqual($0) }
        let rest = text.dropLast(list?.count ?? 0)
        return rest.isEmpty || rest.suffix(8).elementsEqual("operator".unicodeScalars) ? text : Array(rest)
    }

    /// The text without the word up to its first `.` or `::` outside brackets, nil when there is none: of
    /// `closure 1 in App.run` the `App.` goes.
    private static func withoutQualifier(_ text: [Unicode.Scalar]) -> [Unicode.Scalar]? {
        var depth = 0
        var word = 0
        for (index, scalar) in text.enumerated() {
            switch scalar {
            case "(", "<", "[": depth += 1
            case ")", ">", "]": depth -= 1
            case " ": if depth == 0 { word = index + 1 }
            case ".", ":":
                guard depth == 0, index > 0, index + 1 < text.count else { continue }
                if scalar == ":" && text[index + 1] != ":" { continue }
                let rest = Array(text[(index + (scalar == ":" ? 2 : 1))...])
                // What follows is an operator, or a number.
                guard let first = rest.first, first.properties.isAlphabetic || first == "_" || first == "~" else {
                    return nil
                }
                return Array(text[..<word]) + rest
            default: break
            }
        }
        return nil
    }

    private static func cut(_ text: [Unicode.Scalar], columns: Int) -> [Unicode.Scalar] {
        var result: [Unicode.Scalar] = []
        var used = 1
        for scalar in text {
            used += scalarWidth(scalar)
            if used > columns { break }
            result.append(scalar)
        }
        return result + ["…"]
    }

    private static func string(_ text: [Unicode.Scalar]) -> String {
        var result = String.UnicodeScalarView()
        result.append(contentsOf: text)
        return String(result)
    }

    private static func width(_ text: [Unicode.Scalar]) -> Int { text.reduce(0) { $0 + scalarWidth($1) } }

    /// East Asian characters and pictures take two columns; all of those begin after U+1100.
    private static func scalarWidth(_ scalar: Unicode.Scalar) -> Int {
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
            0xFFE0...0xFFE6, 0x1F000...0x3FFFD:
            2
        default: 1
        }
    }
}
