# tap.pl FILE - reads it with Perl's own TAP::Parser; complains about whatever it complains about.
use strict;
use warnings;
use TAP::Parser;

open my $file, '<:encoding(UTF-8)', $ARGV[0] or die "$ARGV[0]: $!\n";
local $/;
my $tap = <$file>;
$tap =~ s/\ATAP version 14\n/TAP version 13\n/; # the latest that it knows; what we write is the same in both
my $parser = TAP::Parser->new({ tap => $tap });
my $unknown = 0;
my $yaml = 0;
my $failed = 0;
while (my $result = $parser->next) {
	$unknown++ if $result->is_unknown;
	$yaml++ if $result->is_yaml;
	$failed++ if $result->is_test && !$result->is_ok;
	print "unknown: ", substr($result->as_string, 0, 200), "\n" if $result->is_unknown;
}
print "$_\n" for $parser->parse_errors;
print "$failed failed, but $yaml YAML blocks were read\n" if $failed != $yaml;
exit($unknown || $parser->parse_errors || $failed != $yaml ? 1 : 0);
