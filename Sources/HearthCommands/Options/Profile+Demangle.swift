internal import HearthProfile
internal import HearthSymbols

extension Profile {
    /// The same profile with readable names in place of mangled ones, as perf and others leave Swift's and C++'s; the
    /// demangled name is kept whole beside the short one. O(frames), and O(stacks + samples) where some name is mangled.
    ///
    /// - Parameter limit: bytes of demangled names, after which the others stay as they are. All those of a real profile are
    ///   some megabytes: thousands that each unfold as far as one may are an attack.
    func demanglingNames(upTo limit: Int = 256 << 20) -> Profile {
        struct Place: Hashable {
            var name: StringID
            var image: ImageID?
        }
        var readable: [Place: SymbolName] = [:]
        var seen: Set<Place> = []
        var room = limit
        for frame in frames where frame.isSymbolized {
            let place = Place(name: frame.name, image: frame.image)
            guard seen.insert(place).inserted else { continue }
            let name = strings[frame.name]
            guard Self.manglingPrefixes.contains(where: name.hasPrefix), room > 0 else { continue }
            let program = frame.image.map { SymbolName.module(ofProgram: image($0).name) } ?? ""
            let symbol = SymbolName(mangled: name, program: program)
            room -= symbol.full.utf8.count
            if symbol.full != name { readable[place] = symbol }
        }
        if readable.isEmpty { return self }
        return mapFrames { frame, result in
            var copy = moved(frame, to: &result)
            if let symbol = readable[Place(name: frame.name, image: frame.image)] {
                copy.name = result.intern(symbol.short)
                copy.fullName = result.intern(symbol.full)
                copy.thunk = symbol.thunk
            }
            return [copy]
        }
    }

    /// Swift's from 5 on, those of its embedded form, and C++'s.
    private static var manglingPrefixes: [String] { ["$s", "_$s", "$S", "$e", "_Z"] }
}
