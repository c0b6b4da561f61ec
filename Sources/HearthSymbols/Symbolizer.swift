public import HearthProfile
internal import Synchronization

/// Names the frames of a profile that are addresses only, by the symbol tables of the images, and by their debug
/// information where a reader for it is given.
///
/// For each image: the symbol table of the file at its path, else of its separate debug file, else what it exports. A file
/// whose build-id is not that of the image is left alone. What no symbol contains stays an address, shown as
/// `library+0x1234`, and never takes a neighbour's name.
///
/// Tables and names are kept from call to call, by build-id, up to a limit; files are mapped during a call only.
/// May be used from several threads; calls wait for each other.
public final class Symbolizer: Sendable {
    /// Where names come from, and where they are kept.
    public struct Sources: Sendable {
        /// Folders with separate debug files, by build-id and by path.
        public var debugFolders: [String]
        /// Object files for images that are not at their path on this machine.
        public var binaries = BinaryIndex()
        /// Reads inlined functions and source lines; without it each address is one function.
        public var reader: (any SourceFrameReader)?
        /// Bytes of tables and names that are kept between calls.
        public var cacheLimit: Int
        /// Folder for what the next process need not look up again, by build-id; nil for none. Made when it is not there.
        public var cacheFolder: String?
        /// Bytes of all files in that folder.
        public var cacheFolderLimit = 256 << 20
        /// The bytes of an image that is no file, such as `[vdso]`, laid out as a file. By default those of this machine's
        /// vDSO, which serve where the build-id is the same.
        public var imageBytes: @Sendable (Image) -> [UInt8]? = Symbolizer.ownVDSO

        public init(debugFolders: [String] = ["/usr/lib/debug"], cacheLimit: Int = 8 << 20) {
            self.debugFolders = debugFolders
            self.cacheLimit = cacheLimit
        }
    }

    /// Which frames are looked up.
    public enum Scope: Sendable {
        /// Those that have no name yet.
        case unnamed
        /// Those that have one too, for the functions that are inlined in them and their lines.
        case all
    }

    private let files: ImageFiles
    private let sources: Sources
    private let cache = Mutex(SymbolCache())

    public init(_ sources: Sources = Sources()) {
        files = ImageFiles(debugFiles: DebugFiles(roots: sources.debugFolders), binaries: sources.binaries)
        self.sources = sources
    }

    /// The same profile with names where they can be found; frames that have one are left as they are.
    ///
    /// O(frames · log symbols), and once an image O(n log n) for its n symbols. Two addresses in one function stay two
    /// frames, told apart by their address.
    ///
    /// Code that only passes a call on is marked (``Frame/thunk``) and stays: what shows the profile hides it.
    public func symbolize(_ profile: Profile) -> Profile {
        var problems: [SymbolProblem] = []
        return symbolize(profile, scope: .unnamed, problems: &problems)
    }

    /// The same, told which frames to look up, and saying what stood in the way.
    ///
    /// An address where functions were inlined becomes several frames, all with that address: the function whose code it is,
    /// then `.inlined` ones down to the innermost.
    public func symbolize(_ profile: Profile, scope: Scope, problems: inout [SymbolProblem]) -> Profile {
        let (named, newProblems) = cache.withLock { cache in
            let found = FoundFrames(
                profile,
                isWanted: { frame in
                    frame.kind == .function && (!frame.isSymbolized || scope == .all && frame.address != 0)
                },
                frames: { image in cache.frames(of: image) { load(image) } },
                wantsInlined: scope == .all && sources.reader != nil)
            defer {
                storeNews(cache)
                cache.shrink(to: sources.cacheLimit)
            }
            // Names are demangled here, once for all calls.
            return (rename(profile, found), found.problems)
        }
        problems += newProblems
        return named
    }

    private func rename(_ profile: Profile, _ found: FoundFrames) -> Profile {
        guard found.ranges.contains(where: { !$0.isEmpty }) else { return profile }
        var names = NamesInProfile(found)
        if found.isOneToOne { return expand(profile, found, &names) }
        var images: [ImageID] = []
        let replaced = placesReplaced(profile, found)
        return profile.rewritingFrames { index, result, rewritten in
            let frame = profile.frame(index)
            let range = found.ranges[Int(index.rawValue)]
            guard let image = frame.image, !range.isEmpty else {
                if frame.kind == .inlined, let place = Place(frame), replaced.contains(place) { return }
                let moved = profile.moved(frame, to: &result)
                return rewritten.append(result.intern(moved))
            }
            if images.isEmpty { images = profile.images.map { result.intern($0) } }
            for position in range {
                let new = names.frame(
                    found.entries[position], of: found, kind: position == range.lowerBound ? .function : .inlined,
                    image: images[Int(image.rawValue)], address: frame.address, in: &result)
                rewritten.append(result.intern(new))
            }
        }
    }

    private func expand(_ profile: Profile, _ found: FoundFrames, _ names: inout NamesInProfile) -> Profile {
        var result = profile
        var expanded = Profile.ExpandedFrames(profile)
        for (index, range) in found.ranges.enumerated() {
            let frame = expanded.outer[index]
            for position in range {
                let isOutermost = position == range.lowerBound
                let new = names.frame(
                    found.entries[position], of: found, kind: isOutermost ? .function : .inlined, image: frame.image,
                    address: frame.address, in: &result)
                if isOutermost { expanded.outer[index] = new } else { expanded.inlined.append(new) }
            }
            expanded.ends.append(expanded.inlined.count)
        }
        result.expandFrames(expanded)
        return result
    }

    /// The names and files of what was found, as the profile that is being made has them.
    private struct NamesInProfile {
        private var functions: [Function?]
        private var paths: [StringID?]

        init(_ found: FoundFrames) {
            functions = Array(repeating: nil, count: found.names.count)
            paths = Array(repeating: nil, count: found.files.count)
        }

        mutating func frame(
            _ entry: FrameTable.Entry, of found: FoundFrames, kind: Frame.Kind, image: ImageID?, address: UInt64,
            in profile: inout Profile
        ) -> Frame {
            let place = Int(entry.function)
            if functions[place] == nil { functions[place] = Function(found.names[place].value, in: &profile) }
            let file = Int(entry.file)
            if paths[file] == nil { paths[file] = profile.intern(found.files[file]) }
            guard let function = functions[place], let path = paths[file] else { preconditionFailure("set above") }
            return Frame(
                name: function.short, fullName: function.full, file: path, line: entry.line, image: image,
                address: address, kind: kind, thunk: function.thunk)
        }
    }

    /// The name of a function in the profile that is being made.
    private struct Function {
        var short: StringID
        var full: StringID
        var thunk: Frame.Thunk?

        init(_ name: SymbolName, in profile: inout Profile) {
            short = profile.intern(name.short)
            full = profile.intern(name.full)
            thunk = name.thunk
        }
    }

    /// Where frames that had a name are named anew, so that the functions inlined there are not kept twice.
    private func placesReplaced(_ profile: Profile, _ found: FoundFrames) -> Set<Place> {
        var places: Set<Place> = []
        for (frame, range) in zip(profile.frames, found.ranges) where !range.isEmpty && frame.isSymbolized {
            if let place = Place(frame) { places.insert(place) }
        }
        return places
    }

    private struct Place: Hashable {
        var image: ImageID
        var address: UInt64

        init?(_ frame: Frame) {
            guard let image = frame.image else { return nil }
            self.image = image
            address = frame.address
        }
    }

    /// The names of the function that contains a link-time address of an image, the innermost if some are inlined there; nil
    /// where none is known.
    public func name(at address: UInt64, in image: Image) -> SymbolName? {
        cache.withLock { cache in
            defer { cache.shrink(to: sources.cacheLimit) }
            guard case .success(let frames) = cache.frames(of: image, load: { load(image) }) else { return nil }
            let address = address &+ frames.addressShift(of: image)
            frames.learn([address])
            guard let last = frames.table.range(of: address)?.last else { return nil }
            return frames.names[Int(frames.table.entries[last].function)].value
        }
    }

    /// The vDSO of this process, for an image of that name which says its build-id: without one it may be another kernel's.
    @Sendable public static func ownVDSO(_ image: Image) -> [UInt8]? {
        image.path == "[vdso]" && !image.buildID.isEmpty ? VDSO.bytes() : nil
    }

    private func load(_ image: Image) -> Result<ImageFrames, SymbolProblem.Failure> {
        if image.path.hasPrefix("["), let bytes = sources.imageBytes(image) {
            guard let symbols = ImageSymbols(image, bytes: bytes) else { return .failure(.init(reason: .fileMissing)) }
            return .success(ImageFrames(symbols))
        }
        return files.open(image).map { found in
            let frames = ImageFrames(found, of: image, files: files, reader: sources.reader)
            if let stored = folder?.load(buildID: image.buildID) { frames.restore(stored) }
            return frames
        }
    }

    private var folder: FrameCacheFolder? {
        sources.cacheFolder.map { FrameCacheFolder(path: $0, limit: sources.cacheFolderLimit) }
    }

    private func storeNews(_ cache: borrowing SymbolCache) {
        guard let folder else { return }
        cache.visitNews { buildID, frames in
            if !buildID.hasPrefix("/") { folder.store(frames.stored(), buildID: buildID) }
        }
    }
}
