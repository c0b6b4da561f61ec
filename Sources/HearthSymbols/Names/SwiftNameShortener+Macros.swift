extension SwiftNameShortener {
    /// A name that a macro made, as the compiler keeps it from clashing with others: `$s…fMu_`, a mangled name in place of an
    /// identifier. Short it is `function@Macro`, or `#macro` for one that stands alone; nil for any other name.
    ///
    /// What the macro calls its parts does not matter to a reader: all of them are what it made of this function.
    static func macroName(_ identifier: String) -> String? {
        guard identifier.hasPrefix("$s"), identifier.hasSuffix("_"), let whole = Demangler.swift(identifier),
            whole.hasPrefix("unique name #")
        else { return nil }
        // `unique name #1 of local in peer macro @Test expansion #1 of function in M.Type`
        if let macro = word(behind: " macro @", in: whole), let expansion = whole.firstRange(of: " expansion #"),
            let function = word(behind: " of ", in: String(whole[expansion.upperBound...]))
        {
            return "\(function)@\(macro)"
        }
        // `unique name #1 of local in freestanding macro expansion #1 of stringify in M`
        guard let expansion = whole.firstRange(of: "macro expansion #") else { return nil }
        return word(behind: " of ", in: String(whole[expansion.upperBound...])).map { "#\($0)" }
    }

    private static func word(behind text: String, in whole: String) -> String? {
        guard let place = whole.firstRange(of: text) else { return nil }
        let word = whole[place.upperBound...].prefix { $0 != " " && $0 != "(" }
        return word.isEmpty ? nil : String(word)
    }
}
