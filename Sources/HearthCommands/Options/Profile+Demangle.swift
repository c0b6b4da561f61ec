internal import HearthProfile
internal import HearthSymbols

extension Profile {
    /// The same profile with readable names in place of mangled ones, as perf and others leave Swift's and C++'s; the
    /// demangled name is kept whole beside the short one. O(frames), and O(stacks + samples) where some name is mangled.
    ///
    /// - Parameter limit: bytes of demangled names, after which the others stay as they are. All those of a real profile are
    ///   some megabytes: thousands that each unfold as far as one may are an attack.
    func demanglingNames(upTo limit: Int = 256 << 20) -> Profile {
        var readable: [StringID: SymbolName] = [:]
        var seen: Set<StringID> = []
        var room = limit
        for frame in frames where frame.isSymbolized && seen.insert(frame.name).inserted {
            let name = strings[frame.name]
            guard Self.manglingPrefixes.contains(where: name.hasPrefix), room > 0 else { continue }
            let symbol = SymbolName(mangled: name)
            room -= symbol.full.utf8.count
            if symbol.full != name { readable[frame.name] = symbol }
        }
        if readable.isEmpty { return self }
        return mapFrames { frame, result in
            var copy = moved(frame, to: &result)
            if let symbol = readable[frame.name] {
                copy.name = result.intern(symbol.short)
                copy.fullName = result.intern(symbol.full)
            }
            return [copy]
        }
    }

    /// Swift's from 5 on, those of its embedded form, and C++'s.
    private static var manglingPrefixes: [String] { ["$s", "_$s", "$S", "$e", "_Z"] }
}
