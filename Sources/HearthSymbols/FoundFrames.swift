internal import HearthProfile

/// What was found for the frames of a profile, each function's name once.
struct FoundFrames {
    private(set) var names: [SharedName] = []
    private(set) var files: [String] = [""]
    /// With functions and files of these tables.
    private(set) var entries: [FrameTable.Entry] = []
    /// For each frame of the profile its entries, outermost function first; empty where nothing was found.
    private(set) var ranges: [Range<Int>]
    private(set) var problems: [SymbolProblem] = []
    /// Whether only frames without a name were found, and each is the only one of its image at its address.
    private(set) var isOneToOne = true

    /// - Parameters:
    ///   - isWanted: which frames to look up, of those that have an address in an image.
    ///   - frames: what is known of an image, called once an image.
    init(
        _ profile: Profile, isWanted: (Frame) -> Bool,
        frames framesOf: (Image) -> Result<ImageFrames, SymbolProblem.Failure>, wantsInlined: Bool
    ) {
        ranges = Array(repeating: 0..<0, count: profile.frames.count)
        var wanted: [[Int]] = Array(repeating: [], count: profile.images.count)
        for (index, frame) in profile.frames.enumerated() {
            guard let image = frame.image else { continue }
            if isWanted(frame) { wanted[Int(image.rawValue)].append(index) }
            // Other frames may be what one becomes.
            if frame.isSymbolized { isOneToOne = false }
        }
        for (image, wanted) in zip(profile.images, wanted) where !wanted.isEmpty {
            switch framesOf(image) {
            case .failure(let failure):
                problems.append(SymbolProblem(image: image, reason: failure.reason, frames: wanted.count))
            case .success(let known):
                let shift = known.addressShift(of: image)
                let addresses = Self.addresses(wanted, in: profile, shift: shift)
                if addresses.count < wanted.count { isOneToOne = false }
                known.learn(addresses)
                take(known, wanted: wanted, in: profile, shift: shift)
                if let fault = known.debugInformationFault {
                    let reason = SymbolProblem.Reason.debugInformation(fault)
                    problems.append(SymbolProblem(image: image, reason: reason, frames: wanted.count))
                } else if wantsInlined, !known.hasDebugInformation {
                    problems.append(SymbolProblem(image: image, reason: .noDebugInformation, frames: wanted.count))
                }
            }
        }
    }

    /// Ascending, each once.
    private static func addresses(_ frames: [Int], in profile: Profile, shift: UInt64) -> [UInt64] {
        var addresses = frames.map { profile.frames[$0].address &+ shift }
        addresses.sort()
        var kept = 0
        for index in addresses.indices where index == 0 || addresses[index] != addresses[kept - 1] {
            addresses[kept] = addresses[index]
            kept += 1
        }
        addresses.removeLast(addresses.count - kept)
        return addresses
    }

    private mutating func take(_ known: ImageFrames, wanted: [Int], in profile: Profile, shift: UInt64) {
        let firstName = UInt32(names.count)
        let firstFile = UInt32(files.count - 1)
        names += known.names
        files += known.files.dropFirst()
        let table = known.table
        entries.reserveCapacity(entries.count + table.entries.count)
        for index in wanted {
            guard let range = table.range(of: profile.frames[index].address &+ shift) else { continue }
            let start = entries.count
            for position in range {
                var entry = table.entries[position]
                entry.function += firstName
                if entry.file != 0 { entry.file += firstFile }
                entries.append(entry)
            }
            ranges[index] = start..<entries.count
        }
    }
}

/// A name that many places share, demangled when it is first shown. Not thread-safe.
final class SharedName {
    let mangled: String
    private let program: String
    private(set) lazy var value = SymbolName(mangled: mangled, program: program)

    /// - Parameter program: the module of the program, which the short name does without.
    init(mangled: String, program: String) {
        self.mangled = mangled
        self.program = program
    }
}
