import { Label, LabelGroup } from "@patternfly/react-core";
import { Link } from "react-router";
import { inertText } from "../../app/inert";
import { useTexts } from "../../i18n";

interface TagsProps {
  readonly tags: readonly string[];
  /** The address of the list with the devices of this tag. */
  readonly href: (tag: string) => string;
}

/** The tags of a device; each leads to the devices that carry it. */
export function Tags({ tags, href }: TagsProps) {
  const { t } = useTexts();
  if (tags.length === 0) return null;
  return (
    <LabelGroup
      aria-label={t("device.tags")}
      numLabels={4}
      expandedText={t("tags.fewer")}
      collapsedText={t("tags.more", { count: tags.length - 4 })}
      isCompact
    >
      {tags.map((tag) => (
        <Label
          key={tag}
          color="blue"
          variant="outline"
          isCompact
          textMaxWidth="14ch"
          render={({ className, content }) => (
            <Link className={className} to={href(tag)} title={t("tags.find", { tag: inertText(tag) })}>
              {content}
            </Link>
          )}
        >
          {inertText(tag)}
        </Label>
      ))}
    </LabelGroup>
  );
}
