// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.opencl.binding.lwjgl;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.inlay.backend.opencl.binding.ClBinding;
import dev.inlay.backend.opencl.binding.ClBindingProvider;
import dev.inlay.backend.opencl.binding.UnpackFolder;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Optional;
import org.lwjgl.opencl.CL;
import org.lwjgl.system.Configuration;
import org.lwjgl.system.Platform;

/** Loads LWJGL and OpenCL. The system property {@code org.lwjgl.opencl.libname} names another OpenCL library. */
public final class LwjglProvider implements ClBindingProvider {
    private static final Object LOCK = new Object();

    private static Optional<ClBinding> loaded = Optional.empty();

    @Override
    public String name() {
        return LwjglApi.NAME;
    }

    @Override
    public ClBinding load() {
        synchronized (LOCK) {
            ClBinding binding = loaded.orElseGet(LwjglProvider::find);
            loaded = Optional.of(binding);
            return binding;
        }
    }

    private static ClBinding find() {
        try (UnpackFolder folder = UnpackFolder.create()) {
            if (Configuration.SHARED_LIBRARY_EXTRACT_PATH.get() == null) {
                Configuration.SHARED_LIBRARY_EXTRACT_PATH.set(folder.path().toString());
            }
            Configuration.OPENCL_EXPLICIT_INIT.set(true);
            quieten();
            createFromFirstOf(libraries());
            return new ClBinding.Available(LwjglApi.NAME, new LwjglApi());
        } catch (LinkageError e) {
            return new ClBinding.Unavailable(
                    LwjglApi.NAME,
                    "the OpenCL library could not be loaded: " + firstLine(e),
                    "install an OpenCL loader and a driver, on Debian: apt install ocl-icd-libopencl1 pocl-opencl-icd");
        } catch (IOException e) {
            return new ClBinding.Unavailable(
                    LwjglApi.NAME,
                    "no private folder for LWJGL's native library: " + firstLine(e),
                    "point java.io.tmpdir to a folder that can be written");
        }
    }

    /** LWJGL advises on every library that it does not find; a missing OpenCL is told once, by who asked for it. */
    private static void quieten() {
        if (!Configuration.DEBUG.get(false) && Configuration.DEBUG_STREAM.get() == null) {
            Configuration.DEBUG_STREAM.set(new PrintStream(OutputStream.nullOutputStream(), false, UTF_8));
        }
    }

    /** The run-time name first: the plain one comes with a development package only. */
    private static List<String> libraries() {
        String named = Configuration.OPENCL_LIBRARY_NAME.get();
        if (named != null) {
            return List.of(named);
        }
        return Platform.get() == Platform.LINUX ? List.of("libOpenCL.so.1", "libOpenCL.so") : List.of("OpenCL");
    }

    private static void createFromFirstOf(List<String> libraries) {
        UnsatisfiedLinkError missing = new UnsatisfiedLinkError();
        for (String library : libraries) {
            try {
                CL.create(library);
                return;
            } catch (UnsatisfiedLinkError e) {
                missing = e;
            }
        }
        throw missing;
    }

    private static String firstLine(Throwable e) {
        return e.toString().lines().findFirst().orElse("");
    }
}
