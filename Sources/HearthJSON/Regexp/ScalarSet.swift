/// Which Unicode scalars one place of a pattern takes: ranges and general categories, or all but those.
struct ScalarSet: Hashable, Sendable {
    var ranges: [ClosedRange<UInt32>] = []
    var categories = ScalarCategories()
    var isInverted = false

    /// What `.` takes: all but line feed and carriage return.
    static let any = ScalarSet(ranges: [0x0A...0x0A, 0x0D...0x0D], isInverted: true)

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        let isIn =
            ranges.contains { $0 ~= scalar.value }
            || !categories.isEmpty && categories.contains(ScalarCategories(of: scalar))
        return isIn != isInverted
    }
}

/// General categories of Unicode, by their two letters.
struct ScalarCategories: OptionSet, Hashable, Sendable {
    var rawValue: UInt32

    init(rawValue: UInt32) { self.rawValue = rawValue }

    private static let names = [
        "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po",
        "Sm",
        "Sc", "Sk", "So", "Zs", "Zl", "Zp", "Cc", "Cf", "Cn", "Co", "Cs",
    ]
    private static let all = Self(rawValue: 1 << UInt32(names.count) - 1)

    /// One letter stands for all categories that begin with it. Nil for what I-Regexp does not know: surrogates are no scalars.
    init?(named name: String) {
        self.init()
        for (place, known) in Self.names.enumerated() where known != "Cs" && (known == name || known.prefix(1) == name)
        {
            insert(Self(rawValue: 1 << UInt32(place)))
        }
        if isEmpty { return nil }
    }

    var inverted: Self { Self.all.subtracting(self) }

    init(of scalar: Unicode.Scalar) { self.init(rawValue: 1 << Self.place(scalar.properties.generalCategory)) }

    private static func place(_ category: Unicode.GeneralCategory) -> UInt32 {
        switch category {
        case .uppercaseLetter: 0
        case .lowercaseLetter: 1
        case .titlecaseLetter: 2
        case .modifierLetter: 3
        case .otherLetter: 4
        case .nonspacingMark: 5
        case .spacingMark: 6
        case .enclosingMark: 7
        case .decimalNumber: 8
        case .letterNumber: 9
        case .otherNumber: 10
        case .connectorPunctuation: 11
        case .dashPunctuation: 12
        case .openPunctuation: 13
        case .closePunctuation: 14
        case .initialPunctuation: 15
        case .finalPunctuation: 16
        case .otherPunctuation: 17
        case .mathSymbol: 18
        case .currencySymbol: 19
        case .modifierSymbol: 20
        case .otherSymbol: 21
        case .spaceSeparator: 22
        case .lineSeparator: 23
        case .paragraphSeparator: 24
        case .control: 25
        case .format: 26
        case .unassigned: 27
        case .privateUse: 28
        case .surrogate: 29
        @unknown default: 27
        }
    }
}
