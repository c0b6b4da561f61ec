/// Why a server did not start. Prints as one line.
package struct HTTPServerError: Error, Hashable, CustomStringConvertible, Sendable {
    package enum Reason: Hashable, Sendable {
        /// Another server listens there.
        case addressInUse
        case notPermitted
        /// The host names no address of this machine.
        case addressNotHere
        /// Something that is no socket stands at the path.
        case noSocket
        case pathTooLong
        /// Any other failure of the system, by its error number.
        case system(Int32)
        case failed(String)
        /// The event loops were shut down.
        case shutDown
    }

    package var reason: Reason
    package var address: HTTPAddress

    init(_ reason: Reason, _ address: HTTPAddress) {
        self.reason = reason
        self.address = address
    }

    init(code: Int32, _ address: HTTPAddress) {
        let reason: Reason =
            switch code {
            case SystemCode.addressInUse: .addressInUse
            case SystemCode.notPermitted: .notPermitted
            case SystemCode.addressNotHere: .addressNotHere
            default: .system(code)
            }
        self.init(reason, address)
    }

    package var description: String {
        let start = "cannot listen on \(address)"
        return switch reason {
        case .addressInUse: "\(start): another process listens there; stop it or choose another address"
        case .notPermitted: "\(start): not permitted; choose a port above 1023, or a folder that may be written"
        case .addressNotHere: "\(start): the host is no address of this machine; try 127.0.0.1"
        case .noSocket: "\(start): what stands there is no socket, and is left alone; choose another path"
        case .pathTooLong: "\(start): the path is longer than a socket's may be; choose a shorter one"
        case .system(let code): "\(start): \(SystemCode.text(code))"
        case .failed(let text): "\(start): \(text)"
        case .shutDown: "\(start): the server's threads were ended"
        }
    }
}
