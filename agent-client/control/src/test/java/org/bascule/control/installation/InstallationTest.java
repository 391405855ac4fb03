package org.bascule.control.installation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import org.bascule.control.ExitCode;
import org.bascule.control.TestUser;
import org.bascule.session.vectors.FixedInstallation;
import org.bascule.wire.WireException;
import org.bascule.wire.keys.RootSigningKey;
import org.bascule.wire.trust.KeySet;
import org.bascule.wire.trust.KeySetRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstallationTest {

    private static String request() {
        KeySet set = FixedInstallation.keySet(4);
        return new KeySetRequest(set.issuer(), set.seq(), set.keys(), set.certificateAuthorities()).toJson();
    }

    @Test
    void rootKeyMadeByOneCommandSignsByTheOther(@TempDir Path folder) throws IOException, WireException {
        TestUser operator = new TestUser(folder);
        Path root = folder.resolve("root.key");
        Path request = Files.writeString(folder.resolve("key-request.json"), request());
        Path out = folder.resolve("keyset.jws");
        assertThat(operator.run("installation", "root", "--out", root.toString()))
                .isZero();
        String hash = operator.out().strip().replace("root hash ", "");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(root)))
                .isEqualTo("rw-------");
        assertThat(operator.run(
                        "installation",
                        "sign",
                        "--root",
                        root.toString(),
                        "--request",
                        request.toString(),
                        "--out",
                        out.toString()))
                .isZero();
        assertThat(operator.out()).isEqualTo("signed key set 4 of https://access.example with 4 keys\n");
        KeySet signed = KeySet.verify(Files.readString(out), org.bascule.wire.B64.decode(hash));
        assertThat(signed.seq()).isEqualTo(4);
        assertThat(signed.issuer()).isEqualTo(FixedInstallation.ISSUER);
        assertThat(signed.keys().stream().map(KeySet.Entry::kid))
                .isEqualTo(FixedInstallation.keySet(4).keys().stream()
                        .map(KeySet.Entry::kid)
                        .toList());
    }

    @Test
    void sayJsonWhenAsked(@TempDir Path folder) throws IOException {
        TestUser operator = new TestUser(folder);
        Path root = folder.resolve("root.key");
        assertThat(operator.run("installation", "root", "--json", "--out", root.toString()))
                .isZero();
        assertThat(operator.out()).matches("\\{\"rootHash\":\"[A-Za-z0-9_-]{43}\"}\n");
    }

    @Test
    void readsTheKeyOfRfc8410(@TempDir Path folder) throws IOException, InstallationException {
        // RFC 8410 section 10.3; the public key is from section 10.1
        Path file = Files.writeString(
                folder.resolve("rfc.pem"),
                """
                -----BEGIN PRIVATE KEY-----
                MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC
                -----END PRIVATE KEY-----
                """);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        RootSigningKey key = new RootKeyFile(file).read();
        assertThat(HexFormat.of().formatHex(key.publicKey().raw()))
                .isEqualTo("19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1");
    }

    @Test
    void keyFileThatOthersMayReadIsRefused(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("root.key");
        new RootKeyFile(file).create();
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        assertThatThrownBy(() -> new RootKeyFile(file).read())
                .isInstanceOf(InstallationException.class)
                .hasMessageContaining("0600");
    }

    @Test
    void damagedMissingAndForeignFilesAreOneSentence(@TempDir Path folder) throws IOException {
        TestUser operator = new TestUser(folder);
        Path root = folder.resolve("root.key");
        Path request = Files.writeString(folder.resolve("key-request.json"), "{\"iss\":\"x\"}");
        Path out = folder.resolve("keyset.jws");
        String[] sign = {
            "installation", "sign", "--root", root.toString(), "--request", request.toString(), "--out", out.toString()
        };
        assertThat(operator.run(sign)).isEqualTo(ExitCode.FAILED.code());
        assertThat(operator.err()).isEqualTo("bascule: there is no root key in " + root + "\n");
        new RootKeyFile(root).create();
        assertThat(operator.run(sign)).isEqualTo(ExitCode.FAILED.code());
        assertThat(operator.err())
                .startsWith("bascule: the request is not a key request: ")
                .hasLineCount(1);
        assertThat(out).doesNotExist();
        Files.delete(request);
        assertThat(operator.run(sign)).isEqualTo(ExitCode.FAILED.code());
        assertThat(operator.err()).isEqualTo("bascule: there is no file " + request + "\n");
        Files.writeString(root, "not a key");
        assertThat(operator.run(sign)).isEqualTo(ExitCode.FAILED.code());
        assertThat(operator.err()).contains("is not an Ed25519 key");
    }

    @Test
    void rootKeyIsNeverOverwritten(@TempDir Path folder) throws IOException {
        TestUser operator = new TestUser(folder);
        Path root = Files.writeString(folder.resolve("root.key"), "precious");
        assertThat(operator.run("installation", "root", "--out", root.toString()))
                .isEqualTo(ExitCode.FAILED.code());
        assertThat(root).hasContent("precious");
    }
}
