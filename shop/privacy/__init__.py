"""What the shop holds about people, shown to them, corrected and removed as they wish."""
