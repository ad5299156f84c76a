import { Skeleton, type MantineSpacing } from "@mantine/core";
import { useTranslation } from "react-i18next";

/** SkeletonRows stands where the rows of a table are about to be. */
export function SkeletonRows({ count, mx, className }: { count: number; mx?: MantineSpacing; className?: string }) {
  const { t } = useTranslation();
  return (
    <div className={className} role="status" aria-busy aria-label={t("loading")}>
      {Array.from({ length: count }, (_, index) => (
        <Skeleton key={index} height={22} my="md" mx={mx} />
      ))}
    </div>
  );
}
