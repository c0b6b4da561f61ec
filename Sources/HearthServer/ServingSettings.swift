internal import Hearth
internal import HearthFiles
internal import HearthHTTP

/// The variables of the environment over what code says of serving, and what is wrong with either.
struct ServingSettings {
    private(set) var serving: ServingConfiguration
    private(set) var address: HTTPAddress?
    private(set) var token: HTTPSecret?
    private(set) var pyroscope: HTTPURL?
    /// One line each; what is wrong is not used. A token that cannot be read closes the endpoints rather than opening them.
    private(set) var warnings: [String] = []

    /// - Parameter ownSocket: the path of the service's own socket.
    init(_ serving: ServingConfiguration, environment: [String: String], ownSocket: String) {
        self.serving = serving
        for (variable, setting) in [
            ("HEARTH_LISTEN", \ServingConfiguration.listen), ("HEARTH_TOKEN_FILE", \.tokenFile),
            ("HEARTH_PYROSCOPE_URL", \.pyroscopeURL), ("HEARTH_PYROSCOPE_TENANT", \.pyroscopeTenant),
            ("HEARTH_PYROSCOPE_TOKEN_FILE", \.pyroscopeTokenFile), ("HEARTH_SPOOL", \.spool),
        ] {
            if let text = environment[variable] { self.serving[keyPath: setting] = text.isEmpty ? nil : text }
        }
        if let text = environment["HEARTH_SPOOL_SIZE"] {
            if let bytes = SettingText.bytes(text), bytes >= 1 << 20 {
                self.serving.spoolBytes = bytes
            } else {
                warnings.append(
                    "HEARTH_SPOOL_SIZE=\(text) is not a size from 1MiB on; \(serving.spoolBytes) bytes is used")
            }
        }
        readAddress(ownSocket)
        if let text = self.serving.pyroscopeURL {
            do {
                pyroscope = try HTTPURL(text)
            } catch {
                warnings.append("nothing is pushed: \(error)")
            }
        }
    }

    private mutating func readAddress(_ ownSocket: String) {
        guard let text = serving.listen, !["off", "no", "false"].contains(text.lowercased()) else { return }
        do {
            let address = try HTTPAddress(["unix", "on", "yes", "true"].contains(text.lowercased()) ? ownSocket : text)
            if let file = serving.tokenFile {
                token = secret(file)
                guard token != nil else { return }
            }
            self.address = address
            if !address.isLocal, token == nil {
                warnings.append("\(address) is open to other machines, and asks for no token: set HEARTH_TOKEN_FILE")
            }
        } catch {
            warnings.append("nothing is served: \(error)")
        }
    }

    /// The first line of a file, blanks at its ends left out.
    private mutating func secret(_ file: String) -> HTTPSecret? {
        do {
            let text = String(decoding: try readFile(file, limit: 1 << 16), as: UTF8.self)
            let line = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
            let token = line.filter { $0 != " " && $0 != "\t" }
            if !token.isEmpty { return HTTPSecret(token) }
            warnings.append("\(file) holds no token; what needs it is off")
        } catch {
            warnings.append("no token can be read: \(error); what needs it is off")
        }
        return nil
    }
}
