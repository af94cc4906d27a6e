// SPDX-License-Identifier: Apache-2.0
package dev.inlay.bitstream;

import dev.inlay.kernels.KernelId;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/**
 * A program compiled beforehand whose file is the one that its manifest was written for.
 *
 * @param path of the manifest
 * @param manifest what lies in it
 */
public record Bitstream(Path path, Manifest manifest) {
    /** What an .xclbin begins with; Xilinx's runtime crashes on a file that does not (XRT, xclbin.h). */
    private static final byte[] XCLBIN = "xclbin2\0".getBytes(StandardCharsets.US_ASCII);

    /** What an .aocx begins with, being an ELF file (Intel FPGA runtime for OpenCL, pkg_editor). */
    private static final byte[] ELF = {0x7f, 'E', 'L', 'F'};

    /**
     * Reads a manifest and compares the bitstream with it.
     *
     * @throws BitstreamException if either is missing, damaged or not the other's
     */
    public static Bitstream open(Path manifest) {
        Bitstream bitstream = new Bitstream(manifest, Manifest.read(manifest));
        Path file = bitstream.file();
        try {
            if (!Files.isRegularFile(file)) {
                throw new BitstreamException(
                        manifest, "file: got " + file.getFileName() + ", which is not there, expected the bitstream");
            }
            String digest = sha256(file);
            if (!digest.equals(bitstream.manifest.sha256())) {
                throw new BitstreamException(
                        file,
                        "sha256: got " + digest + ", expected " + bitstream.manifest.sha256() + " of " + manifest);
            }
            requireMagic(file);
        } catch (IOException e) {
            throw new BitstreamException(file, "cannot be read: " + e.getMessage());
        }
        return bitstream;
    }

    private static void requireMagic(Path file) throws IOException {
        String name = file.getFileName().toString();
        byte[] magic = name.endsWith(".xclbin") ? XCLBIN : name.endsWith(".aocx") ? ELF : new byte[0];
        try (InputStream in = Files.newInputStream(file)) {
            if (!Arrays.equals(in.readNBytes(magic.length), magic)) {
                throw new BitstreamException(
                        file,
                        "got a file that does not begin as one of its kind, expected "
                                + (magic == XCLBIN ? "xclbin2" : "ELF"));
            }
        }
    }

    /** SHA-256 of a file in lower-case hexadecimal digits. */
    public static String sha256(Path file) throws IOException {
        try (DigestInputStream in =
                new DigestInputStream(Files.newInputStream(file), MessageDigest.getInstance("SHA-256"))) {
            in.transferTo(java.io.OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(in.getMessageDigest().digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** The program. */
    public Path file() {
        return path.resolveSibling(manifest.file());
    }

    /** The kernel function of the program that a function of a kernel's source became; empty if it is not in it. */
    public Optional<String> entry(KernelId kernel, String function) {
        return manifest.kernels().stream()
                .filter(each -> each.kernel().equals(kernel))
                .flatMap(each -> Optional.ofNullable(each.entries().get(function)).stream())
                .map(Manifest.Entry::name)
                .findFirst();
    }
}
