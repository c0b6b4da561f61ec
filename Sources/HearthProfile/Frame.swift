/// A handle to a ``Frame`` of one profile.
public struct FrameID: Hashable, Sendable {
    public let rawValue: UInt32

    public init(rawValue: UInt32) { self.rawValue = rawValue }
}

/// One entry of a stack: an address, a function, or a function at an address.
///
/// The agent records frames that have only `image` and `address`; symbolising replaces each by one frame, or by several
/// when functions were inlined there.
public struct Frame: Hashable, Sendable {
    public enum Kind: UInt8, Sendable {
        /// A function of the program or a library.
        case function
        /// A function inlined into the frame that stands before it, root first.
        case inlined
        /// A label shown as a frame, by grouping.
        case label
        /// A mark of the profiler's, such as `[truncated]`.
        case marker
    }

    /// Code of the compiler's or the linker's that only passes a call on; see ``Profile/hidingThunks()``.
    public enum Thunk: UInt8, Sendable {
        /// Holds nothing of the function that it leads to: dispatch, reabstraction, a stub for calls to another library.
        case bare
        /// Has the name of the function that it leads to and, where the optimiser moved it there, its body: a partial
        /// application of a closure, a witness of a method.
        case namesake
    }

    /// The short name that a graph shows; empty while the frame is not symbolised.
    public var name: StringID
    /// The whole name, for tooltips; the same as `name` where there is no longer one.
    public var fullName: StringID
    /// Source file and line; empty and 0 when not known.
    public var file: StringID
    public var line: UInt32
    public var image: ImageID?
    /// ``CodeAddress/lookup`` of where the frame stands, in the image's own (link-time) address space, or the bare run-time
    /// address where `image` is nil; 0 when not known. So for a caller it lies inside the call.
    public var address: UInt64
    public var kind: Kind
    /// What of a thunk the function is; nil for all others.
    public var thunk: Thunk?

    public init(
        name: StringID, fullName: StringID? = nil, file: StringID = .empty, line: UInt32 = 0, image: ImageID? = nil,
        address: UInt64 = 0, kind: Kind = .function, thunk: Thunk? = nil
    ) {
        self.name = name
        self.fullName = fullName ?? name
        self.file = file
        self.line = line
        self.image = image
        self.address = address
        self.kind = kind
        self.thunk = thunk
    }

    /// False while the frame is an address only.
    public var isSymbolized: Bool { name != .empty }

    /// For the table of frames: a tenth of the cost of a `Hasher`, and no secret is needed against one's own symbol tables.
    var mixedHash: UInt64 {
        let names = UInt64(name.rawValue) << 32 | UInt64(fullName.rawValue)
        let place = UInt64(file.rawValue) << 32 | UInt64(line)
        let rest = UInt64(image.map { $0.rawValue &+ 1 } ?? 0) << 8 | UInt64(kind.rawValue)
        return InternIndex.mix(InternIndex.mix(InternIndex.mix(names) ^ place) ^ InternIndex.mix(address) ^ rest)
    }
}
