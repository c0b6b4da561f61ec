/// Fills of frames. They were computed in OKLCH with one lightness a shade, so that no hue shouts; text on any of them
/// has a contrast of 5.5 or more. Warm against cool is told apart with every kind of colour blindness; nothing is said
/// by red against green.
enum Palette {
    /// A fill for a light and for a dark page, as 0xRRGGBB.
    struct Shade {
        var light: UInt32
        var dark: UInt32
    }

    static let shades = 3

    /// Orange, amber, yellow, coral, rose; three shades each.
    static let warm: [[Shade]] = [
        shades([0xF7A974, 0xFFB57F, 0xFFC08A], [0x6C380E, 0x78431B, 0x844F27]),
        shades([0xE8B45E, 0xF4BF69, 0xFFCA75], [0x634000, 0x6E4B00, 0x7A5610]),
        shades([0xD2BE5D, 0xDECA69, 0xE9D574], [0x554700, 0x605200, 0x6C5D0E]),
        shades([0xFAA495, 0xFFAFA0, 0xFFBAAB], [0x6D352C, 0x794037, 0x864B41]),
        shades([0xEEA7B6, 0xF9B2C1, 0xFFBDCD], [0x653843, 0x71434E, 0x7D4D58]),
    ]

    /// Blue, cyan, violet, teal; three shades each.
    static let cool: [[Shade]] = [
        shades([0x95C3EB, 0xA0CFF7, 0xABDAFF], [0x2B4B65, 0x365671, 0x41617D]),
        shades([0x87CBD7, 0x92D6E2, 0x9DE1EE], [0x1E5058, 0x2A5B63, 0x35666F]),
        shades([0xB8B8ED, 0xC3C3F9, 0xCECEFF], [0x444366, 0x4F4E72, 0x5A597E]),
        shades([0x91CCBB, 0x9CD7C6, 0xA7E3D2], [0x275146, 0x325C51, 0x3D675C]),
    ]

    /// Faint to strong; the last is still light enough for dark text, or dark enough for light text.
    static let grew = shades([0xFBDDD6, 0xFEC0B2, 0xFE9D88, 0xF4775D], [0x503530, 0x6A372D, 0x843728, 0xA43520])
    static let shrank = shades([0xD3E7FB, 0xAAD6FF, 0x79C1FF, 0x59A7EE], [0x2C3F51, 0x234B6E, 0x10568C, 0x1764A0])

    /// Which of the colours of a difference: the root spreads small changes.
    static func step(ofChange certain: Double, strongest: Double) -> Int {
        let strength = strongest > 0 ? (certain.magnitude / strongest).squareRoot() : 0
        return min(grew.count - 1, Int(strength * Double(grew.count)))
    }

    static let root = Shade(light: 0xE7E3DB, dark: 0x3B3936)
    static let label = Shade(light: 0xD3D9E3, dark: 0x475160)
    static let marker = Shade(light: 0xE0DEDA, dark: 0x42403D)
    /// Sums of pruned frames, and differences that are noise.
    static let neutral = Shade(light: 0xE9E7E2, dark: 0x383633)

    /// All fills of frames that are not differences: warm hues, cool ones, then root, label, marker and neutral.
    static let all: [Shade] = (warm + cool).flatMap { $0 } + [root, label, marker, neutral]

    /// Index in `all` of the fill that a style class of ``FrameColors`` stands for.
    static func number(ofClass name: String) -> Int {
        let hues = warm.count + cool.count
        switch name {
        case "a": return hues * shades
        case "l": return hues * shades + 1
        case "m": return hues * shades + 2
        default: break
        }
        let digits = name.utf8.dropFirst().map { Int($0) - 48 }
        guard digits.count == 2 else { return hues * shades + 3 }
        return (digits[0] + (name.hasPrefix("c") ? warm.count : 0)) * shades + digits[1]
    }

    private static func shades(_ light: [UInt32], _ dark: [UInt32]) -> [Shade] {
        zip(light, dark).map { Shade(light: $0, dark: $1) }
    }
}

/// Style classes and their fills, collected while frames are given theirs.
struct PaletteStyles {
    private var fills: [String: Palette.Shade] = [:]

    /// The class named so, remembered for the style sheet.
    mutating func use(_ name: String, _ shade: Palette.Shade) -> String {
        fills[name] = shade
        return name
    }

    /// Rules of the style sheet for one of the two pages, in a stable order.
    func rules(prefix: String, fill: (Palette.Shade) -> UInt32) -> String {
        var text = ""
        for name in fills.keys.sorted() {
            text += "\(prefix) .\(name){fill:\(cssColor(fill(fills[name] ?? Palette.neutral)))}\n"
        }
        return text
    }
}

/// `#f7a974`.
func cssColor(_ color: UInt32) -> String {
    let digits = String(color, radix: 16)
    return "#" + String(repeating: "0", count: 6 - digits.utf8.count) + digits
}

/// FNV-1a with a last mix: the same on every machine and in every run, unlike Swift's own hash.
func stableHash(_ text: String) -> UInt32 {
    var hash: UInt32 = 2_166_136_261
    for byte in text.utf8 { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
    hash = (hash ^ (hash >> 16)) &* 0x7FEB_352D
    return hash ^ (hash >> 15)
}
