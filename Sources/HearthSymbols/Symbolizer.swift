public import HearthProfile
internal import Synchronization

/// Names the frames of a profile that are addresses only, by the symbol tables of the images.
///
/// For each image: the symbol table of the file at its path, else of its separate debug file, else what it exports. A file
/// whose build-id is not that of the image is left alone; then what this process has mapped is looked at, and the debug
/// file. What no symbol contains stays an address, shown as `library+0x1234`, and never takes a neighbour's name.
///
/// Tables and names are kept from call to call, by build-id, up to a limit; files are mapped during a call only.
/// May be used from several threads; calls wait for each other.
public final class Symbolizer: Sendable {
    private let debugFiles: DebugFiles
    private let cacheLimit: Int
    private let imageBytes: @Sendable (Image) -> [UInt8]?
    private let cache = Mutex(SymbolCache())

    /// - Parameters:
    ///   - debugFolders: where separate debug files are, by build-id and by path.
    ///   - cacheLimit: bytes of tables and names that are kept between calls.
    ///   - imageBytes: the bytes of an image that is no file, such as `[vdso]`, laid out as a file. By default those of
    ///     this machine's vDSO, which serve where the build-id is the same.
    public init(
        debugFolders: [String] = ["/usr/lib/debug"], cacheLimit: Int = 8 << 20,
        imageBytes: @escaping @Sendable (Image) -> [UInt8]? = ownVDSO
    ) {
        debugFiles = DebugFiles(roots: debugFolders)
        self.cacheLimit = cacheLimit
        self.imageBytes = imageBytes
    }

    /// The same profile with names where they can be found; frames that have one are left as they are.
    ///
    /// O(frames · log symbols), and once an image O(n log n) for its n symbols. Two addresses in one function stay two
    /// frames, told apart by their address.
    ///
    /// Code that only passes a call on is marked (``Frame/thunk``) and stays: what shows the profile hides it.
    public func symbolize(_ profile: Profile) -> Profile {
        let names = cache.withLock { cache in
            let names = FoundNames(profile) { image in
                cache.symbols(of: image) { load(image) }
            }
            cache.shrink(to: cacheLimit)
            return names
        }
        var images: [ImageID] = []
        var interned: [(short: StringID, full: StringID)?] = Array(repeating: nil, count: names.names.count)
        return profile.mapFrames { frame, result in
            guard let place = FoundNames.Place(frame), let found = names.index[place] else {
                return [profile.moved(frame, to: &result)]
            }
            if images.isEmpty { images = profile.images.map { result.intern($0) } }
            let name = names.names[found].value
            let identifiers = interned[found] ?? (result.intern(name.short), result.intern(name.full))
            interned[found] = identifiers
            var copy = frame
            (copy.name, copy.fullName) = identifiers
            copy.file = .empty
            copy.image = images[Int(place.image.rawValue)]
            copy.thunk = name.thunk
            return [copy]
        }
    }

    /// The names of the function that contains a link-time address of an image; nil where none is known.
    public func name(at address: UInt64, in image: Image) -> SymbolName? {
        cache.withLock { cache in
            let symbols = cache.symbols(of: image) { load(image) }
            defer {
                symbols?.unmap()
                cache.shrink(to: cacheLimit)
            }
            return symbols.flatMap { $0.name(at: $0.fileAddress(address, of: image)) }?.value
        }
    }

    /// The vDSO of this process, for an image of that name which says its build-id: without one it may be another kernel's.
    @Sendable public static func ownVDSO(_ image: Image) -> [UInt8]? {
        image.path == "[vdso]" && !image.buildID.isEmpty ? VDSO.bytes() : nil
    }

    private func load(_ image: Image) -> ImageSymbols? {
        if image.path.hasPrefix("["), let bytes = imageBytes(image) { return ImageSymbols(image, bytes: bytes) }
        return ImageSymbols(image, debugFiles: debugFiles)
    }
}
