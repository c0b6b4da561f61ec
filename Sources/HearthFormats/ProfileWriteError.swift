public import HearthFiles

/// Why a profile could not be written. Nothing is left under the final name.
public enum ProfileWriteError: Error, Hashable, CustomStringConvertible, Sendable {
    case file(FileError)
    /// The extension of the path stands for no format, and none was given.
    case unknownExtension(path: String)
    case cannotBeWritten(ProfileFormat)
    /// The format holds one profile a file.
    case cannotBeSplit(ProfileFormat)
    /// More than the format can hold (2 GiB for a pprof message), or more than there is memory for.
    case tooLarge(ProfileFormat)

    /// One line without a final stop.
    public var description: String {
        switch self {
        case .file(let error): error.description
        case .unknownExtension(let path):
            "the extension of \(path) names no profile format; use "
                + ProfileFormat.allCases.filter(\.canBeWritten).map { $0.extensions[0] }.joined(separator: ", ")
        case .cannotBeWritten(let format): "\(format.rawValue) can be read but not written"
        case .cannotBeSplit(let format): "\(format.rawValue) has no place for a profile by label"
        case .tooLarge(let format): "the profile is too large for the format \(format.rawValue)"
        }
    }
}
