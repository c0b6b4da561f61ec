internal import HearthProfile

/// Where a function comes from, as far as its image and its names tell.
struct CodeOrigin: Hashable {
    enum Family: Hashable {
        /// The program and what is linked into it.
        case program
        /// Shared libraries, the Swift runtime and its standard modules, the kernel.
        case system
    }

    /// A Swift module, a C++ namespace, or the image; empty when nothing is known.
    var module: String
    var family: Family

    init(_ function: CallTree.Function) {
        let image = function.image
        if image.hasPrefix("[") || image.contains(".so") {
            self.init(module: image, family: .system)
            return
        }
        if function.name.hasSuffix("_[k]") {
            self.init(module: "[kernel]", family: .system)
            return
        }
        let module = Self.module(of: function.fullName)
        let isRuntime = Self.systemModules.contains(module) || Self.isRuntimeFunction(function.name)
        self.init(
            module: module.isEmpty ? (isRuntime ? "Swift" : image) : module, family: isRuntime ? .system : .program)
    }

    private init(module: String, family: Family) {
        self.module = module
        self.family = family
    }

    /// Linked into the program by the static standard library, they still are not the program's own.
    private static let systemModules: Set<String> = [
        "Swift", "Builtin", "_Concurrency", "_StringProcessing", "_RegexParser", "Synchronization", "Observation",
        "Distributed", "Foundation", "FoundationEssentials", "FoundationInternationalization", "FoundationNetworking",
        "FoundationXML", "Dispatch", "Glibc", "Musl", "SwiftShims", "std", "swift", "__gnu_cxx", "__cxxabiv1", "icu",
    ]

    private static func isRuntimeFunction(_ name: String) -> Bool {
        ["swift_", "_swift_", "dispatch_", "_dispatch_", "objc_", "pthread_", "__libc_"].contains {
            name.hasPrefix($0)
        }
    }

    /// The module of a demangled Swift name, or the first namespace of a C++ one; empty for a plain C name.
    static func module(of fullName: String) -> String {
        var name = Substring(fullName)
        // `lib.so`function`, as some tools write.
        if let tick = name.firstIndex(of: "`") { return String(name[..<tick]) }
        if let suffix = name.firstRange(of: " with unmangled suffix ") { name = name[..<suffix.lowerBound] }
        while let rest = withoutWrapper(name) { name = rest }
        if name.contains(" in conformance ") || name.contains(" #"), let context = startOfContext(name) {
            name = name[context...]
        }
        if name.hasPrefix("static ") { name = name.dropFirst(7) }
        let extended = "(extension in "
        if name.hasPrefix(extended) {
            return String(name.dropFirst(extended.count).prefix { $0 != ")" })
        }
        let end = name.utf8.firstIndex { !isIdentifier($0) } ?? name.endIndex
        guard end > name.startIndex else { return "" }
        // Behind ` in ` of a conformance stands a module alone.
        if end == name.endIndex { return name.startIndex > fullName.startIndex ? String(name) : "" }
        let rest = name[end...]
        if rest.hasPrefix("::") { return String(name[..<end]) }
        guard rest.hasPrefix("."), rest.dropFirst().first.map({ $0.isLetter || "_($".contains($0) }) == true,
            !Self.compilerSuffixes.contains(where: { rest.hasPrefix($0) })
        else { return "" }
        return String(name[..<end])
    }

    private static func isIdentifier(_ byte: UInt8) -> Bool {
        (byte | 0x20) >= 97 && (byte | 0x20) <= 122 || byte >= 48 && byte <= 57 || byte == UInt8(ascii: "_")
            || byte >= 0x80
    }

    /// What the demangler puts before the function or type that a name is about; ends in ` for ` and ` of `, as a rule.
    private static let wrappers = [
        "merged ", "static ", "@objc ", "@nonobjc ", "partial apply forwarder for ", "dispatch thunk of ",
        "protocol witness for ", "key path getter for ", "key path setter for ", "type metadata accessor for ",
        "variable initialization expression of ", "property wrapper backing initializer of ",
        "lazy protocol witness table accessor for type ", "getter of ", "setter of ",
    ]

    private static func withoutWrapper(_ name: Substring) -> Substring? {
        for wrapper in wrappers where name.hasPrefix(wrapper) { return name.dropFirst(wrapper.count) }
        // `(2) await resume partial function for `
        if name.hasPrefix("("), let partial = name.firstRange(of: " resume partial function for "),
            name.distance(from: name.startIndex, to: partial.lowerBound) < 16
        {
            return name[partial.upperBound...]
        }
        // `function signature specialization <Arg[0] = Dead> of `
        if let kind = name.firstRange(of: "specialization <"), let of = name.lastRange(of: "> of "),
            !name[..<kind.lowerBound].contains(where: { "(.<".contains($0) })
        {
            return name[of.upperBound...]
        }
        if name.hasPrefix("outlined ") || name.hasPrefix("default argument "), let of = name.firstRange(of: " of ") {
            return name[of.upperBound...]
        }
        if let witness = name.firstRange(of: " value witness for "), !name[..<witness.lowerBound].contains(" ") {
            return name[witness.upperBound...]
        }
        return nil
    }

    /// Behind the last ` in ` that is not part of `(extension in M)` or `(name in _3F…)`.
    private static func startOfContext(_ name: Substring) -> Substring.Index? {
        var rest = name
        while let place = rest.lastRange(of: " in ") {
            rest = rest[..<place.lowerBound]
            let word = name[place.upperBound...].prefix { $0 != ")" && $0 != "." && $0 != " " }
            let isDiscriminator = word.count > 8 && word.hasPrefix("_") && word.dropFirst().allSatisfy(\.isHexDigit)
            if !rest.hasSuffix("(extension"), !isDiscriminator { return place.upperBound }
        }
        return nil
    }

    /// What C compilers put after the name of a part of a function.
    private static let compilerSuffixes = [".cold", ".part.", ".constprop", ".isra", ".lto_priv", ".llvm.", ".str"]
}

extension Substring {
    /// Where `text` was last found. O(length).
    fileprivate func lastRange(of text: String) -> Range<Index>? {
        let wanted = Array(text.utf8)
        let all = utf8
        guard all.count >= wanted.count else { return nil }
        var start = all.index(all.endIndex, offsetBy: -wanted.count)
        while true {
            if all[start...].starts(with: wanted) { return start..<all.index(start, offsetBy: wanted.count) }
            if start == all.startIndex { return nil }
            start = all.index(before: start)
        }
    }
}
