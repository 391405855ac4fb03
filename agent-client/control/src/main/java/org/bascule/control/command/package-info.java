/** The commands of {@code bascule} as picocli sees them: options, help, and a call of what does the work. */
@NullMarked
package org.bascule.control.command;

import org.jspecify.annotations.NullMarked;
