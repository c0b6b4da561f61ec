public import HearthProfile

/// Why the frames of an image have no names, or less than they could.
public struct SymbolProblem: Hashable, Sendable {
    public enum Reason: Hashable, Sendable {
        /// There is no such object file here, and none with its build-id among those that were named.
        case fileMissing
        /// The file at the image's path is another build than the one that ran.
        case otherBuild(found: String)
        /// What the debug information's reader said.
        case debugInformation(String)
        /// Neither the file nor a debug file of it says which functions were inlined. Only told of frames that asked for it.
        case noDebugInformation
    }

    public var image: Image
    public var reason: Reason
    /// Frames of the profile that stay as they were for it.
    public var frames: Int

    public init(image: Image, reason: Reason, frames: Int) {
        self.image = image
        self.reason = reason
        self.frames = frames
    }
}
