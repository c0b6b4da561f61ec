internal import HearthProfile

/// The names that were found for the address-only frames of a profile, each function once.
struct FoundNames {
    /// What names are looked up by.
    struct Place: Hashable {
        var image: ImageID
        var address: UInt64

        /// Nil for a frame that has a name, or has no image.
        init?(_ frame: Frame) {
            guard !frame.isSymbolized, let image = frame.image else { return nil }
            self.image = image
            address = frame.address
        }
    }

    private(set) var names: [SharedName] = []
    /// Place → index in `names`.
    private(set) var index: [Place: Int] = [:]

    /// Looks up image by image, so that one file is mapped at a time.
    init(_ profile: Profile, symbols: (Image) -> ImageSymbols?) {
        var places: [[Place]] = Array(repeating: [], count: profile.images.count)
        for frame in profile.frames {
            if let place = Place(frame) { places[Int(place.image.rawValue)].append(place) }
        }
        index.reserveCapacity(places.reduce(0) { $0 + $1.count })
        var known: [ObjectIdentifier: Int] = [:]
        for (image, places) in zip(profile.images, places) where !places.isEmpty {
            guard let symbols = symbols(image) else { continue }
            for place in places {
                guard let name = symbols.name(at: symbols.fileAddress(place.address, of: image)) else { continue }
                let next = names.count
                let found = known[ObjectIdentifier(name)] ?? next
                if found == next {
                    known[ObjectIdentifier(name)] = next
                    names.append(name)
                }
                index[place] = found
            }
            symbols.unmap()
        }
    }
}

/// A name that many places share; told from others by its identity, for its text is long.
final class SharedName: Sendable {
    let value: SymbolName

    init(_ value: SymbolName) { self.value = value }
}
