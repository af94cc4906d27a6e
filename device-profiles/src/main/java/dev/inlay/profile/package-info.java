// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.inlay.profile;

import org.jspecify.annotations.NullMarked;
