#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// The three descriptors that a program starts with.
public enum StandardDescriptors {
    /// Takes the places of those that are closed: the next file opened would get one, and the store be written over by what
    /// is meant for standard output. What stands there then cannot be used, and says so.
    ///
    /// To be called first of all, before a task: the pool behind tasks opens descriptors of its own.
    public static func reserve() {
        for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(descriptor, F_GETFD) < 0 {
            // The lowest number that is free is this one.
            _ = unsafe open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
        }
    }
}
