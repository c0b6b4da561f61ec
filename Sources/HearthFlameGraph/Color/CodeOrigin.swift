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

    /// The first component of a demangled name, past what the demangler puts before it; empty for a plain C name.
    static func module(of fullName: String) -> String {
        var name = Substring(fullName)
        // `lib.so`function`, as some tools write.
        if let tick = name.firstIndex(of: "`") { return String(name[..<tick]) }
        if name.hasPrefix("closure #") || name.hasPrefix("implicit closure #"), let inside = name.lastRange(of: " in ")
        {
            name = name[inside.upperBound...]
        }
        if name.contains("specialization <"), let of = name.lastRange(of: "> of ") { name = name[of.upperBound...] }
        for prefix in [
            "partial apply forwarder for ", "merged ", "dispatch thunk of ", "protocol witness for ", "static ",
        ]
        where name.hasPrefix(prefix) {
            name = name.dropFirst(prefix.count)
        }
        let extended = "(extension in "
        if name.hasPrefix(extended) {
            return String(name.dropFirst(extended.count).prefix { $0 != ")" })
        }
        let end = name.utf8.firstIndex {
            !(($0 | 0x20) >= 97 && ($0 | 0x20) <= 122 || $0 >= 48 && $0 <= 57 || $0 == UInt8(ascii: "_") || $0 >= 0x80)
        }
        guard let end, end > name.startIndex else { return "" }
        let rest = name[end...]
        if rest.hasPrefix("::") { return String(name[..<end]) }
        guard rest.hasPrefix("."), rest.dropFirst().first?.isLetter == true,
            !Self.compilerSuffixes.contains(where: { rest.hasPrefix($0) })
        else { return "" }
        return String(name[..<end])
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
