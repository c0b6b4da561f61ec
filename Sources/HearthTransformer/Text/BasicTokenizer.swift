internal import Foundation

/// Cuts texts to words as BERT does: controls go, ideographs stand alone, letters become small and lose their accents,
/// punctuation stands alone.
struct BasicTokenizer: Sendable {
    var lowercases = true
    var stripsAccents = true
    var separatesIdeographs = true

    /// Calls `body` with the bytes of every word in turn, until it says that it has enough. O(length).
    func forEachWord(of text: String, _ body: (ArraySlice<UInt8>) -> Bool) {
        var word: [UInt8] = []
        // False once there is enough.
        func finish() -> Bool {
            if word.isEmpty { return true }
            let goesOn = body(word[...])
            word.removeAll(keepingCapacity: true)
            return goesOn
        }
        // Most texts are ASCII, of which nothing is known by looking it up.
        if text.utf8.allSatisfy({ $0 < 0x80 }) {
            for byte in text.utf8 {
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): word.append(byte)
                case UInt8(ascii: "A")...UInt8(ascii: "Z"): word.append(lowercases ? byte | 0x20 : byte)
                case 0x20, 0x09, 0x0A, 0x0D: if !finish() { return }
                case 0x21...0x7E:
                    guard finish(), body([byte]) else { return }
                default: break
                }
            }
            _ = finish()
            return
        }
        for scalar in normalized(text) {
            if scalar.properties.isWhitespace {
                if !finish() { return }
            } else if Self.isPunctuation(scalar) || (separatesIdeographs && Self.isIdeograph(scalar)) {
                guard finish(), body(Array(UTF8.encode(scalar)!)[...]) else { return }
            } else {
                UTF8.encode(scalar)!.forEach { word.append($0) }
            }
        }
        _ = finish()
    }

    /// The scalars that words are cut of.
    private func normalized(_ text: String) -> [Unicode.Scalar] {
        var clean = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if scalar == "\u{FFFD}" || Self.isControl(scalar) { continue }
            clean.append(scalar)
        }
        // Composed and decomposed texts are one text then.
        let scalars = stripsAccents ? String(clean).decomposedStringWithCanonicalMapping.unicodeScalars : clean
        var result: [Unicode.Scalar] = []
        result.reserveCapacity(scalars.count)
        for scalar in scalars {
            if stripsAccents && scalar.properties.generalCategory == .nonspacingMark { continue }
            if lowercases {
                result.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
            } else {
                result.append(scalar)
            }
        }
        return result
    }

    static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "\t", "\n", "\r": false
        default:
            switch scalar.properties.generalCategory {
            case .control, .format, .surrogate, .privateUse, .unassigned: true
            default: false
            }
        }
    }

    /// All of ASCII that is neither letter nor digit nor space counts, whatever Unicode calls it.
    static func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: return true
        case ..<0x80: return false
        default:
            switch scalar.properties.generalCategory {
            case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
                .finalPunctuation, .otherPunctuation:
                return true
            default: return false
            }
        }
    }

    /// What stands for a word by itself: Chinese characters, but not the syllables of Korean and Japanese, which are written
    /// with spaces or run on.
    static func isIdeograph(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x4E00...0x9FFF, 0x3400...0x4DBF, 0x20000...0x2A6DF, 0x2A700...0x2B73F, 0x2B740...0x2B81F,
            0x2B820...0x2CEAF, 0xF900...0xFAFF, 0x2F800...0x2FA1F:
            true
        default: false
        }
    }
}
