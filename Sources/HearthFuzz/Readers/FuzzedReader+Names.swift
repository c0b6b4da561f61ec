internal import HearthSymbols

extension FuzzedReader {
    /// Any text may stand in a symbol table; and what a demangler prints of it may be any text, too.
    func checkNames(_ input: [UInt8]) throws(BrokenLaw) {
        let text = String(decoding: input, as: UTF8.self)
        let name = SymbolName(mangled: text)
        try hold(name.mangled == text, "the mangled name is kept")
        try checkShort(name.short, of: name.full)
        try checkShort(SwiftName(demangled: text).short, of: text)
        try checkShort(CxxName(demangled: text).short, of: text)
    }

    private func checkShort(_ short: String, of full: String) throws(BrokenLaw) {
        try hold(!short.isEmpty || full.isEmpty, "a short name is not empty: \(full)")
        // A label is at least two bytes where an argument can be one.
        try hold(short.utf8.count <= 2 * full.utf8.count + 64, "a short name is short: \(short)")
    }
}
