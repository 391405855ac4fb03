/** The guard, tried with real processes. */
@NullMarked
package org.bascule.launcher.process;

import org.jspecify.annotations.NullMarked;
