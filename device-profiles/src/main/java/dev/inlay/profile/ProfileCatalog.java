// SPDX-License-Identifier: Apache-2.0
package dev.inlay.profile;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The profiles at hand, each id once. Immutable. */
public final class ProfileCatalog {
    private final TreeMap<String, DeviceProfile> profiles = new TreeMap<>();

    private ProfileCatalog(Collection<DeviceProfile> profiles) {
        for (DeviceProfile profile : profiles) {
            if (this.profiles.put(profile.id(), profile) != null) {
                throw new IllegalArgumentException("got two profiles with id " + profile.id() + ", expected one");
            }
        }
    }

    /** The profiles that come with Inlay: every JSON file beside this class. */
    public static ProfileCatalog shipped() {
        return Shipped.CATALOG;
    }

    /**
     * The profiles that come with Inlay and those of the user: every JSON file in {@code $XDG_CONFIG_HOME/inlay/profiles},
     * by default under {@code ~/.config}. Where there is no such folder, those that come with Inlay.
     *
     * @throws ProfileFormatException when a file of the user's is no profile, or has the id of another
     * @throws IOException when reading fails
     */
    public static ProfileCatalog ofUser() throws IOException {
        String xdg = System.getenv("XDG_CONFIG_HOME");
        Path config = xdg == null || xdg.isBlank() ? Path.of(System.getProperty("user.home"), ".config") : Path.of(xdg);
        return shipped().with(config.resolve("inlay/profiles"));
    }

    /**
     * These profiles and those in a folder, every JSON file of which is one.
     *
     * @param folder may be absent
     * @throws ProfileFormatException when a file is no profile, or has the id of another
     * @throws IOException when reading fails
     */
    public ProfileCatalog with(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return this;
        }
        List<Path> files;
        try (Stream<Path> all = Files.list(folder)) {
            files = all.filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .toList();
        }
        List<DeviceProfile> both = new ArrayList<>(profiles.values());
        for (Path file : files) {
            String name = String.valueOf(file.getFileName());
            try (InputStream json = Files.newInputStream(file)) {
                DeviceProfile profile = ProfileReader.read(name, json);
                if (profiles.containsKey(profile.id())) {
                    throw new ProfileFormatException(
                            file.toString(), "id", "'" + profile.id() + "', which comes with Inlay", "another");
                }
                both.add(profile);
            }
        }
        return new ProfileCatalog(both);
    }

    /**
     * A catalog of the given profiles.
     *
     * @throws IllegalArgumentException when two have the same id
     */
    public static ProfileCatalog of(Collection<DeviceProfile> profiles) {
        return new ProfileCatalog(profiles);
    }

    /** All profiles, ordered by id. */
    public List<DeviceProfile> profiles() {
        return List.copyOf(profiles.values());
    }

    /**
     * The profile of a device that is there.
     *
     * @param platformName CL_PLATFORM_NAME
     * @param deviceName CL_DEVICE_NAME
     * @param driver CL_DRIVER_VERSION
     * @return empty when no profile is of that device
     * @throws IllegalStateException when more than one is
     */
    public Optional<DeviceProfile> match(String platformName, String deviceName, String driver) {
        List<DeviceProfile> matching = profiles.values().stream()
                .filter(profile -> profile.match()
                        .filter(rule -> rule.matches(platformName, deviceName, driver))
                        .isPresent())
                .toList();
        if (matching.size() > 1) {
            throw new IllegalStateException("device '" + deviceName + "' of platform '" + platformName
                    + "': got profiles "
                    + String.join(", ", matching.stream().map(DeviceProfile::id).toList()) + ", expected at most one");
        }
        return matching.stream().findFirst();
    }

    /**
     * The profile of a board, whether or not one is there.
     *
     * @throws IllegalArgumentException when there is none of that id; the message lists those there are
     */
    public DeviceProfile board(String id) {
        DeviceProfile profile = profiles.get(id);
        if (profile == null) {
            throw new IllegalArgumentException(
                    "profile: got '" + id + "', expected one of " + String.join(", ", profiles.keySet()));
        }
        return profile;
    }

    private static final class Shipped {
        static final ProfileCatalog CATALOG = load();

        private static ProfileCatalog load() {
            try {
                return new ProfileCatalog(files().stream().map(Shipped::read).toList());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static DeviceProfile read(String file) {
            try (InputStream json = Objects.requireNonNull(ProfileCatalog.class.getResourceAsStream(file))) {
                return ProfileReader.read(file, json);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** The names of the JSON files beside this class, which lies in a folder or in a jar. */
        private static List<String> files() throws IOException {
            URL here = Objects.requireNonNull(ProfileCatalog.class.getResource("ProfileCatalog.class"));
            if (here.openConnection() instanceof JarURLConnection connection) {
                String folder = connection.getEntryName().replaceFirst("[^/]*$", "");
                return connection.getJarFile().stream()
                        .map(entry -> entry.getName())
                        .filter(name -> name.startsWith(folder) && name.endsWith(".json"))
                        .map(name -> name.substring(folder.length()))
                        .filter(name -> !name.contains("/"))
                        .toList();
            }
            try (Stream<Path> files = Files.list(Path.of(here.toURI()).resolveSibling("."))) {
                return files.map(file -> file.getFileName().toString())
                        .filter(name -> name.endsWith(".json"))
                        .toList();
            } catch (URISyntaxException e) {
                throw new IOException(e);
            }
        }
    }
}
